/** Keeps what was made just now in the shared cache, for others. It is written while the build goes on. */
import { BatchedImages } from "../../cache/batched-images.ts";
import { whyNotMovable } from "../../cache/pack-output.ts";
import type { Place } from "../../cache/remote-cache.ts";
import { writeEntry } from "../../cache/write-entry.ts";
import type { Digest } from "../../model/artifact.ts";
import type { Target } from "../../model/target.ts";
import type { Trace } from "../../model/trace.ts";
import type { BuildRoom } from "../build-room.ts";
import { checkArtifact } from "../fresh/check-freshness.ts";
import type { Reading } from "../fresh/read-target.ts";
import { cacheUnmovableProblem } from "../problems.ts";
import { keyOf, whyNotShared } from "./shareable.ts";
import type { SharedCache } from "./shared-cache.ts";

/** What is not recorded, since an input changed meanwhile, is no more worth to others than to this workspace. */
export function shareTarget(
  target: Target,
  reading: Reading,
  cache: SharedCache,
  room: BuildRoom,
): void {
  const trace = room.traceOf(target);
  if (!cache.isWritten || trace?.fingerprint !== reading.fingerprint) return;
  if (whyNotShared(target, reading, room.project.root) !== undefined) return;
  const { docker, blobs, signal } = room;
  cache.images ??= new BatchedImages({ docker, blobs, signal });
  // Before it is its turn: those that wait are taken out together.
  for (const { kind, digest } of trace.artifacts) {
    if (kind === "image") void cache.images.contentOf(digest);
  }
  const { images } = cache;
  cache.write((place) => writeTrace(target, { reading, trace, place, images, cache }, room));
}

interface Writing {
  readonly reading: Reading;
  readonly trace: Trace;
  readonly place: Place;
  readonly images: BatchedImages;
  readonly cache: SharedCache;
}

async function writeTrace(
  target: Target,
  { reading, trace: { artifacts, seconds }, place, images, cache }: Writing,
  room: BuildRoom,
): Promise<void> {
  const { blobs, files, reporter } = room;
  const absolute = (path: string) => files.absolute(path);
  const outputs = artifacts.flatMap((artifact) =>
    artifact.kind === "image" ? [] : [{ path: artifact.path, source: absolute(artifact.path) }],
  );
  const why = whyNotMovable(outputs);
  if (why !== undefined) {
    const problem = cacheUnmovableProblem(target, why);
    return reporter.report({ kind: "warning", problem });
  }
  // An image has its content in its name; a file may have been changed since it was made.
  const noImages = { idOf: () => undefined };
  const isSame = () =>
    artifacts.every((made) => made.kind === "image" || !checkArtifact(made, files, noImages));
  const contentOf = (id: Digest) => images.contentOf(id);
  const onPacked = (digest: Digest) => cache.passing.add(digest);
  const key = await keyOf(target, reading, room);
  const made = { key, target: target.name, seconds, artifacts };
  await writeEntry(made, { place, blobs, contentOf, absolute, isSame, onPacked });
}
