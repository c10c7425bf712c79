/** Pushes by way of the engine, by names that exist only meanwhile. Each tag for itself. */
import type { Docker } from "../../docker/docker.ts";
import type { Digest } from "../../model/artifact.ts";
import { inParallel } from "../../net/in-parallel.ts";
import { counted } from "../problems.ts";
import { normaliseReference } from "../reference.ts";
import type { ActContext } from "../rule.ts";
import type { Push, PushOutcome } from "./push-plan.ts";

/** More does not help: the engine uploads several layers of each at once. */
const atOnce = 4;

export async function pushViaEngine(
  pushes: readonly Push[],
  registry: string,
  context: ActContext,
): Promise<PushOutcome> {
  const docker = await context.docker();
  const digests = await inParallel(pushes, atOnce, context.signal, (push, signal) =>
    pushOne(push, docker, context, signal),
  );
  return {
    note: `${counted(pushes.length, "tag")} pushed to ${registry}`,
    digests: pushes.map(({ to }, index) => ({ reference: to, digest: digests[index] as Digest })),
  };
}

async function pushOne(
  { from, to, image }: Push,
  docker: Docker,
  { progress }: ActContext,
  signal: AbortSignal,
): Promise<Digest> {
  const before = await docker.imageId(to);
  if (before !== image) await docker.tag(image, to);
  try {
    const sink = {
      ...progress,
      transfer: (id: string, done: number, total?: number) =>
        progress.transfer(`${from} ${id}`, done, total),
    };
    const digest = await docker.push(to, sink, signal);
    progress.output(`${normaliseReference(from)} pushed as ${to}`);
    return digest;
  } finally {
    await undoTag(to, { before, image }, docker);
  }
}

/** The engine is left as it was: a name that was there stays, and names again what it named. */
async function undoTag(
  to: string,
  { before, image }: { readonly before: Digest | undefined; readonly image: Digest },
  docker: Docker,
): Promise<void> {
  if (before === undefined) await docker.removeImage(to);
  else if (before !== image) await docker.tag(before, to);
}
