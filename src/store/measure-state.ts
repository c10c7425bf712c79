/** Measures what the state folder of a workspace holds, and other folders. Changes nothing. */
import { type Dirent, lstatSync } from "node:fs";
import path from "node:path";
import type { StatePart } from "../model/state-part.ts";
import { entriesOf } from "./folder-entries.ts";

/** What belongs to something else: `digests.recent` to `digests`. */
const ownerOf = (name: string): string => name.split(".", 1)[0] || name;

/** @returns by name; nothing where there is no folder */
export function measureState(folder: string): readonly StatePart[] {
  const parts = new Map<string, StatePart>();
  for (const entry of entriesOf(folder)) {
    const name = ownerOf(entry.name);
    const { bytes = 0, files = 0 } = parts.get(name) ?? {};
    const found = measure(path.join(folder, entry.name), entry);
    parts.set(name, { name, bytes: bytes + found.bytes, files: files + found.files });
  }
  return [...parts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Measured = Pick<StatePart, "bytes" | "files">;

function measure(place: string, entry: Dirent): Measured {
  if (!entry.isDirectory()) {
    const stats = lstatSync(place, { throwIfNoEntry: false });
    return { bytes: stats?.size ?? 0, files: stats ? 1 : 0 };
  }
  return measureFolder(place);
}

/** @param folder absolute path; nothing where it is none */
export function measureFolder(folder: string): Measured {
  let [bytes, files] = [0, 0];
  for (const below of entriesOf(folder)) {
    const found = measure(path.join(folder, below.name), below);
    bytes += found.bytes;
    files += found.files;
  }
  return { bytes, files };
}
