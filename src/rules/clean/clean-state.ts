/** Finds what is kept between runs: blobs, and what the engine of tbuild remembers. Artifacts are no state. */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { CleanContext, Found } from "../clean-context.ts";
import { measure } from "./clean-files.ts";

/** Parts of `.tbuild` that cost time when they are gone, and nothing else. */
const parts = [
  "traces",
  "digests",
  "digests.recent",
  "plans",
  "pushed.json",
  "keep",
  "clones",
  "evictions",
];

/** With an age only compiled plans go, by their own times: the rest is about what stays. */
export function findState({ stateFolder }: CleanContext, before?: number): readonly Found[] {
  if (before !== undefined) return foundIn(path.join(stateFolder, "plans"), "state", before);
  // The log of traces is open: whoever holds it drops all of this, by `forget`.
  const found = parts.flatMap((part) => foundAt(path.join(stateFolder, part), "state"));
  return found.map((each) => ({ ...each, remove: async () => each.bytes }));
}

/** A blob has the time of its last use. */
export function findBlobs({ stateFolder }: CleanContext, before?: number): readonly Found[] {
  const folder = path.join(stateFolder, "blobs");
  const counter = path.join(stateFolder, "blobs.size");
  const found =
    before === undefined
      ? foundAt(folder, "blobs")
      : foundIn(path.join(folder, "sha256"), "blobs", before);
  return found.map((each) => ({
    ...each,
    remove: async () => {
      // Counted anew by the next run that writes one.
      rmSync(counter, { force: true });
      return each.remove();
    },
  }));
}

function foundAt(place: string, what: "state" | "blobs"): readonly Found[] {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  const { count, bytes } = measure(place, stats);
  if (count === 0) return [];
  const remove = async () => {
    rmSync(place, { recursive: true, force: true });
    return bytes;
  };
  return [{ what, name: `.tbuild/${path.basename(place)}`, count, bytes, remove }];
}

/** The files of a folder that are older, as one. */
function foundIn(folder: string, what: "state" | "blobs", before: number): readonly Found[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const old = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((file) => lstatSync(file).mtimeMs < before);
  if (old.length === 0) return [];
  const bytes = old.reduce((sum, file) => sum + lstatSync(file).size, 0);
  const remove = async () => {
    for (const file of old) rmSync(file, { force: true });
    return bytes;
  };
  const name = `.tbuild/${what === "blobs" ? "blobs" : path.basename(folder)}`;
  return [{ what, name, count: old.length, bytes, remove }];
}
