/** Compares a target with the trace of its last run: fresh, or stale with a reason. Changes nothing. */
import type { FilesView } from "../../files/files-view.ts";
import type { Artifact, Digest } from "../../model/artifact.ts";
import { comparePart } from "../../model/part.ts";
import type { Parts, StaleReason, Trace } from "../../model/trace.ts";
import type { Reading } from "./read-target.ts";

export interface ImagesView {
  /** ID under a reference in the engine, or undefined. */
  idOf(reference: string): Digest | undefined;
}

/** @returns why the target is stale, causes before consequences; nothing when it is fresh */
export function findStaleReasons(
  reading: Reading,
  trace: Trace,
  files: FilesView,
  images: ImagesView,
): readonly StaleReason[] {
  if (trace.fingerprint !== reading.fingerprint) return differences(trace.parts, reading.parts);
  return trace.artifacts.flatMap((artifact) => checkArtifact(artifact, files, images) ?? []);
}

/** Causes before consequences. */
function differences(before: Parts, now: Parts): readonly StaleReason[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((part) => before[part] !== now[part]);
  changed.sort(comparePart);
  return changed.map((part) => {
    const [from, to] = [before[part], now[part]];
    if (from === undefined) return { kind: "part-added", part };
    if (to === undefined) return { kind: "part-removed", part };
    return { kind: "part-changed", part, from, to };
  });
}

/** @returns why an artifact of a trace is no longer what the trace says, or undefined */
export function checkArtifact(
  artifact: Artifact,
  files: FilesView,
  images: ImagesView,
): StaleReason | undefined {
  if (artifact.kind === "image") return checkImage(artifact, images);
  // Only the registry knows, and it is asked once a run.
  if (artifact.kind === "published") return undefined;
  const kind = files.kindOf(artifact.path);
  if (kind === "absent") return { kind: "output-missing", output: artifact.path };
  const changed: StaleReason = { kind: "output-changed", output: artifact.path };
  if (artifact.kind === "tree") {
    if (kind !== "folder") return changed;
    return files.digestTree(artifact.path) === artifact.digest ? undefined : changed;
  }
  if (kind === "folder") return changed;
  return files.digestFile(artifact.path) === artifact.digest ? undefined : changed;
}

function checkImage(
  { digest, references }: Artifact & { kind: "image" },
  images: ImagesView,
): StaleReason | undefined {
  for (const reference of references) {
    const id = images.idOf(reference);
    if (id === undefined) return { kind: "image-missing", reference };
    if (id !== digest) return { kind: "image-moved", reference };
  }
  return undefined;
}
