/** Pushes the images of a `push` target, and writes down their digests where that is wanted. */
import { credentialLookup } from "../docker/credentials.ts";
import { RegistryClient } from "../registry/client.ts";
import { completePushes } from "./complete-pushes.ts";
import type { PushValues } from "./push-fields.ts";
import { planPushes } from "./push-plan.ts";
import { pushViaEngine } from "./push-via-engine.ts";
import { pushViaRegistry } from "./push-via-registry.ts";
import type { ActContext, ActOutcome } from "./rule.ts";
import { writeDigests } from "./write-digests.ts";

export async function pushImages(values: PushValues, context: ActContext): Promise<ActOutcome> {
  const registry = values.registry.replace(/\/+$/, "");
  const pushes = planPushes(values, registry, context);
  const client = clientFor(registry, values, context);
  try {
    await completePushes(client, context);
    const { note, digests } =
      values.via === "engine"
        ? await pushViaEngine(pushes, registry, context)
        : await pushViaRegistry(pushes, values, client, context);
    if (values.digests !== undefined) writeDigests(values.digests, digests);
    return { kind: "made", artifacts: [], note };
  } finally {
    client.close();
  }
}

function clientFor(
  registry: string,
  { insecure }: Pick<PushValues, "insecure">,
  { environment }: ActContext,
): RegistryClient {
  const host = registry.split("/", 1)[0] as string;
  const credentials = credentialLookup(environment);
  return new RegistryClient({ host, credentials, environment, insecure: insecure === true });
}
