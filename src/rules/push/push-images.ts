/** Pushes the images of a `push` target, and writes down their digests where that is wanted. */
import { openRegistry } from "../../registry/open-registry.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { completePushes } from "./complete-pushes.ts";
import type { PushValues } from "./push-fields.ts";
import { planPushes } from "./push-plan.ts";
import { pushViaEngine } from "./push-via-engine.ts";
import { pushViaRegistry } from "./push-via-registry.ts";
import { checkDigestsFile, writeDigests } from "./write-digests.ts";

export async function pushImages(values: PushValues, context: ActContext): Promise<ActOutcome> {
  const registry = values.registry.replace(/\/+$/, "");
  const pushes = planPushes(values, context);
  if (values.digests !== undefined) checkDigestsFile(values.digests);
  const client = openRegistry(registry.split("/", 1)[0] as string, context.access);
  try {
    await completePushes(client, context);
    const {
      note,
      traffic,
      digests,
      readNothing = false,
    } = values.via === "engine"
      ? await pushViaEngine(pushes, values, client, context)
      : await pushViaRegistry(pushes, values, client, context);
    context.progress.pushed(digests);
    if (values.digests !== undefined) writeDigests(values.digests, digests);
    const artifacts = digests.map((tag) => ({ kind: "published" as const, ...tag }));
    return { kind: "made", artifacts, note, readNothing, ...(traffic && { traffic }) };
  } finally {
    client.close();
  }
}
