/** Remembers which image each archive of a `save` target holds. Losing it costs time: all are written again. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ActContext } from "./rule.ts";
import type { SavedArchive } from "./save-archive.ts";

const fileOf = ({ ownFolder }: ActContext): string => path.join(ownFolder, "saved.json");

/** What was saved last; a record that cannot be read is none. */
export function readSaved(context: ActContext): readonly SavedArchive[] {
  try {
    const read: unknown = JSON.parse(readFileSync(fileOf(context), "utf8"));
    return Array.isArray(read) ? read.filter(isSaved) : [];
  } catch {
    return [];
  }
}

export function writeSaved(context: ActContext, archives: readonly SavedArchive[]): void {
  mkdirSync(context.ownFolder, { recursive: true });
  writeFileSync(fileOf(context), JSON.stringify(archives));
}

function isSaved(value: unknown): value is SavedArchive {
  const { name, sha256, image, references } = (value ?? {}) as Partial<SavedArchive>;
  return (
    [name, sha256, image].every((text) => typeof text === "string") && Array.isArray(references)
  );
}
