/** Pushes by way of the engine, by names that exist only meanwhile. Each tag for itself. */
import type { Docker } from "../../docker/docker.ts";
import type { Digest } from "../../model/artifact.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { configOf, readManifest } from "../../registry/manifests.ts";
import { counted } from "../problems.ts";
import { normaliseReference } from "../reference.ts";
import type { ActContext } from "../rule.ts";
import type { PushValues } from "./push-fields.ts";
import { type Move, PushGuard } from "./push-guard.ts";
import { placeOf } from "./push-place.ts";
import type { Push, PushOutcome } from "./push-plan.ts";

/** More does not help: the engine uploads several layers of each at once. */
const atOnce = 4;

export async function pushViaEngine(
  pushes: readonly Push[],
  values: PushValues,
  client: RegistryClient,
  context: ActContext,
): Promise<PushOutcome> {
  const docker = await context.docker();
  const guard = new PushGuard(values, context);
  const confirm = (some: readonly Push[], signal: AbortSignal) =>
    confirmPushes(some, guard, client, signal);
  await confirm(pushes, context.signal);
  const digests = await inParallel(pushes, atOnce, context.signal, async (push, signal) => {
    await confirm([push], signal);
    return pushOne(push, docker, context, signal);
  });
  const registry = values.registry.replace(/\/+$/, "");
  return {
    note: `${counted(pushes.length, "tag")} pushed to ${registry}`,
    digests: pushes.map(({ to }, index) => ({ reference: to, digest: digests[index] as Digest })),
  };
}

/** Looked at again for as long as somebody is asked about what was seen. */
async function confirmPushes(
  pushes: readonly Push[],
  guard: PushGuard,
  client: RegistryClient,
  outer: AbortSignal,
): Promise<void> {
  const guarded = pushes.filter(({ to }) => guard.guards(to));
  const look = () =>
    inParallel(guarded, atOnce, outer, (push, signal) => moveOf(push, client, signal));
  while (await guard.confirm(await look()));
}

/** Which manifest the engine will make is not known: an image is the same one by its configuration. */
async function moveOf(
  { to, image }: Push,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<Move> {
  const { repository, tag } = placeOf(to);
  const manifest = await readManifest({ client, repository, signal }, tag);
  const old = manifest?.digest;
  const config = manifest && configOf(manifest);
  return { reference: to, old: config === image ? image : old, new: image };
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
