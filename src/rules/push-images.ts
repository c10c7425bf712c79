/** Pushes the images of a `push` target, and writes down their digests where that is wanted. */

import type { PushValues } from "./push-fields.ts";
import { planPushes } from "./push-plan.ts";
import { pushViaEngine } from "./push-via-engine.ts";
import { pushViaRegistry } from "./push-via-registry.ts";
import type { ActContext, ActOutcome } from "./rule.ts";
import { checkDigestsFile, writeDigests } from "./write-digests.ts";

export async function pushImages(values: PushValues, context: ActContext): Promise<ActOutcome> {
  const registry = values.registry.replace(/\/+$/, "");
  const pushes = planPushes(values, context);
  if (values.digests !== undefined) checkDigestsFile(values.digests);
  const { note, traffic, digests } =
    values.via === "engine"
      ? await pushViaEngine(pushes, registry, context)
      : await pushViaRegistry(pushes, values, context);
  context.progress.pushed(digests);
  if (values.digests !== undefined) writeDigests(values.digests, digests);
  return { kind: "made", artifacts: [], note, ...(traffic && { traffic }) };
}
