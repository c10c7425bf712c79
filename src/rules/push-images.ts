/** Pushes the images of a `push` target by names that exist only meanwhile. */
import type { Docker } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import { inParallel } from "./in-parallel.ts";
import { imagesOfTargets } from "./own-images.ts";
import { counted, usageError } from "./problems.ts";
import type { PushValues } from "./push-fields.ts";
import { normaliseReference, parseReference } from "./reference.ts";
import type { ActContext, ActOutcome } from "./rule.ts";

/** More does not help: the engine uploads several layers of each at once. */
const atOnce = 4;

interface Push {
  readonly from: string;
  /** Name in the registry, and in the engine while it is pushed. */
  readonly to: string;
  readonly image: Digest;
}

export async function pushImages(values: PushValues, context: ActContext): Promise<ActOutcome> {
  const registry = values.registry.replace(/\/+$/, "");
  const pushes = plan(values, registry, context);
  const docker = await context.docker();
  await inParallel(pushes, atOnce, context.signal, (push, signal) =>
    pushOne(push, docker, context, signal),
  );
  return {
    kind: "made",
    artifacts: [],
    note: `${counted(pushes.length, "tag")} pushed to ${registry}`,
  };
}

/** @throws DiagnosticError when two images would have one name in the registry */
function plan(values: PushValues, registry: string, context: ActContext): readonly Push[] {
  const pushes = new Map<string, Push>();
  for (const image of imagesOfTargets(context, "push", values.push)) {
    for (const from of image.references) {
      const to = nameIn(registry, from);
      if (to === undefined) continue;
      const other = pushes.get(to);
      if (other !== undefined && other.image !== image.digest) {
        throw usageError(context.target, "push", {
          code: "pushed-twice",
          message: `\`${other.from}\` and \`${from}\` would both be pushed as \`${to}\``,
        });
      }
      pushes.set(to, { from, to, image: image.digest });
    }
  }
  return [...pushes.values()];
}

/**
 * HOST/NAME takes the place of what stands before the last part: `shop/web:1` is `HOST/NAME/web:1`.
 * A HOST alone takes the place of the registry only: `HOST/shop/web:1`. A digest is no tag.
 */
export function nameIn(registry: string, reference: string): string | undefined {
  const parsed = parseReference(reference);
  if (parsed === undefined || parsed.digest !== undefined) return undefined;
  const { repository, tag = "latest" } = parsed;
  const name = registry.includes("/") ? repository.replace(/^.*\//, "") : repository;
  return `${registry}/${name}:${tag}`;
}

async function pushOne(
  { from, to, image }: Push,
  docker: Docker,
  { progress }: ActContext,
  signal: AbortSignal,
): Promise<void> {
  const before = await docker.imageId(to);
  if (before !== image) await docker.tag(image, to);
  try {
    const sink = {
      ...progress,
      transfer: (id: string, done: number, total?: number) =>
        progress.transfer(`${from} ${id}`, done, total),
    };
    await docker.push(to, sink, signal);
    progress.output(`${normaliseReference(from)} pushed as ${to}`);
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
