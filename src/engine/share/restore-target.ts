/**
 * Takes what a stale target would make from the shared cache: verified aside, put in place whole, recorded
 * as if it had been made here. Whatever does not verify is told and left, and the target is made.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { CacheDamage, damaged } from "../../cache/damage.ts";
import type { CacheEntry, StoredArtifact } from "../../cache/entry.ts";
import type { RemoteCache } from "../../cache/remote-cache.ts";
import { restoreImage } from "../../cache/restore-image.ts";
import { unpackOutput } from "../../cache/unpack-output.ts";
import { FileDigests } from "../../files/digests.ts";
import { WorkspaceFiles } from "../../files/workspace-files.ts";
import type { KeptArtifact } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import { placeOutput } from "../../rules/output-files.ts";
import { decompress } from "../../store/compress.ts";
import type { BuildRoom } from "../build-room.ts";
import { checkArtifact } from "../fresh/check-freshness.ts";
import type { Reading } from "../fresh/read-target.ts";
import { cacheDamagedProblem } from "../problems.ts";
import { recordRun } from "../run/record-run.ts";
import { TemporaryFolders } from "../run/temporary-folders.ts";
import { systemProblem } from "../system-problem.ts";
import { keyOf, whyNotShared } from "./shareable.ts";
import type { SharedCache } from "./shared-cache.ts";

/** @returns what it is now; undefined where it has to be made */
export async function restoreTarget(
  target: Target,
  reading: Reading,
  cache: SharedCache,
  room: BuildRoom,
): Promise<readonly KeptArtifact[] | undefined> {
  if (!cache.isAsked(target)) return undefined;
  if (whyNotShared(target, reading, room.project.root) !== undefined) return undefined;
  const signatures = reading.inputs.map((input) => room.digests.signature(input.path));
  const temporary = new TemporaryFolders(room.state.temporary);
  try {
    const key = await keyOf(target, reading, room).catch(unlessBug);
    const entry = key === undefined ? undefined : await cache.find(key);
    if (entry === undefined) return undefined;
    refuseOthers(target, entry);
    const artifacts = await restore(entry, cache, temporary, room);
    const { seconds } = entry;
    const restoredFrom = cache.use.settings.registry;
    recordRun(target, reading, artifacts, { room, signatures, seconds, restoredFrom });
    return artifacts;
  } catch (error) {
    return explained(error, target, cache, room);
  } finally {
    temporary.remove();
  }
}

/** An engine that does not answer is told of by the target that needs it. */
function unlessBug(error: unknown): undefined {
  if (!(error instanceof DiagnosticError)) throw error;
}

/** What cannot be restored is made; only a bug ends the build. */
function explained(error: unknown, target: Target, cache: SharedCache, room: BuildRoom): undefined {
  if (room.signal.aborted) return undefined;
  if (error instanceof CacheDamage) {
    const { registry } = cache.use.settings;
    const problem = cacheDamagedProblem(target, registry, error.message);
    room.reporter.report({ kind: "warning", problem });
    return undefined;
  }
  const problem = error instanceof DiagnosticError ? error.diagnostic : systemProblem(error);
  if (problem === undefined) throw error;
  cache.giveUpReading(problem);
}

/** An entry may tell of nothing but the outputs that the target declares. */
function refuseOthers(target: Target, { stored }: CacheEntry): void {
  const { kind, fields } = target.rule as NonNullable<Target["rule"]>;
  const declared = ruleKindOf(kind).outputs(fields as never, target);
  const wanted = declared.map((output) =>
    output.kind === "image" ? `image ${output.reference}` : `${output.kind} ${output.path}`,
  );
  const found = stored.flatMap(({ artifact }) =>
    artifact.kind === "image"
      ? artifact.references.map((reference) => `image ${reference}`)
      : [`${artifact.kind} ${artifact.path}`],
  );
  if (wanted.length === found.length && wanted.every((each) => found.includes(each))) return;
  throw damaged("it tells of other outputs than the target has");
}

async function restore(
  { stored }: CacheEntry,
  cache: SharedCache,
  temporary: TemporaryFolders,
  room: BuildRoom,
): Promise<readonly KeptArtifact[]> {
  const { blobs, signal } = room;
  const remote = await cache.remote();
  const files = stored.filter(({ artifact }) => artifact.kind !== "image");
  const aside = files.length > 0 ? await temporary.make() : "";
  for (const file of files) {
    cache.passing.add(file.blob.digest);
    await unpackAside(file, aside, remote, room);
  }
  verifyAside(files, aside);
  const { held } = cache;
  for (const { artifact, blob } of stored) {
    if (artifact.kind !== "image") continue;
    const docker = await room.docker();
    await restoreImage(artifact, blob, { remote, blobs, docker, held, signal });
  }
  place(files, aside, room);
  return stored.map(({ artifact }) => artifact);
}

async function unpackAside(
  { artifact, blob }: StoredArtifact,
  aside: string,
  remote: RemoteCache,
  { blobs, signal }: BuildRoom,
): Promise<void> {
  if (artifact.kind === "image") return;
  await remote.bring(blob);
  const folder = path.join(aside, path.dirname(artifact.path));
  mkdirSync(folder, { recursive: true });
  const bytes = decompress(blobs.open(blob.digest), "gzip");
  await unpackOutput(bytes, folder, artifact.path, signal);
}

/** By the very walk that tells later whether they are as they were. */
function verifyAside(files: readonly StoredArtifact[], aside: string): void {
  const view = new WorkspaceFiles(aside, new FileDigests());
  for (const { artifact } of files) {
    if (artifact.kind === "image") continue;
    const reason = checkArtifact(artifact, view, { idOf: () => undefined });
    if (reason !== undefined) throw damaged(`\`${artifact.path}\` is not what it tells of`);
  }
}

function place(files: readonly StoredArtifact[], aside: string, room: BuildRoom): void {
  const paths = files.flatMap(({ artifact }) => (artifact.kind === "image" ? [] : [artifact.path]));
  room.traces.begin(paths);
  for (const output of paths) placeOutput(room, path.join(aside, output), output);
  for (const { artifact } of files) {
    // So that the plan of this run knows how they look.
    checkArtifact(artifact, room.files, room.images);
  }
}
