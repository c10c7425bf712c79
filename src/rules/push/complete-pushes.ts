/** Completes pushes to a host that were cut off among their tags, before a new one begins. */
import path from "node:path";
import type { RegistryClient } from "../../registry/client.ts";
import { completeBurst } from "../../registry/complete-burst.ts";
import { type FoundBurst, setAside } from "../../store/unfinished-bursts.ts";
import type { ActContext } from "../rule.ts";
import { completedBurst, damagedBurst } from "./burst-problems.ts";

/** @throws DiagnosticError where the registry cannot be asked; the journals stay then */
export function completePushes(client: RegistryClient, context: ActContext): Promise<void> {
  const { journals } = context;
  return journals.inTurn(async () => {
    for (const burst of journals.unfinished(client.host)) await complete(burst, client, context);
  });
}

async function complete(
  burst: FoundBurst,
  client: RegistryClient,
  { journals, progress, project, signal }: ActContext,
): Promise<void> {
  if (burst.kind === "damaged") {
    const aside = path.relative(project.root, setAside(burst));
    return progress.warn(damagedBurst(burst.host, aside));
  }
  const completion = await completeBurst(burst.moves, { client, signal });
  journals.remove(burst.file);
  progress.warn(completedBurst(client.host, completion));
}
