/** Remembers what each archive of a `save` target holds. Losing it costs time: all are written again. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Digest } from "../../model/artifact.ts";
import type { StoredBlob } from "../../store/blob-store.ts";
import type { ActContext } from "../rule.ts";

export interface SavedImage {
  readonly id: Digest;
  readonly references: readonly string[];
  readonly manifest: StoredBlob;
  readonly config: StoredBlob;
  readonly layers: readonly StoredBlob[];
  /** Bytes of all that it names. */
  readonly size: number;
}

export interface SavedArchive {
  /** File name in its folder. */
  readonly name: string;
  /** Plain hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly images: readonly SavedImage[];
}

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

interface WantedArchive {
  readonly name: string;
  readonly folder: string;
  readonly images: readonly Pick<SavedImage, "id" | "references">[];
}

/** Whether it is of these images under these names, and stands there as it was written. */
export function isHeld(saved: SavedArchive, wanted: WantedArchive, { files }: ActContext): boolean {
  const same = ({ images }: Pick<WantedArchive, "images">) =>
    images.map(({ id, references }) => [id, ...references].join(" ")).join("\n");
  if (saved.name !== wanted.name || same(saved) !== same(wanted)) return false;
  const file = path.join(wanted.folder, saved.name);
  return files.kindOf(file) === "file" && files.digestFile(file) === `sha256:${saved.sha256}`;
}

function isSaved(value: unknown): value is SavedArchive {
  const { name, sha256, size, images } = (value ?? {}) as Partial<SavedArchive>;
  return (
    typeof name === "string" &&
    typeof sha256 === "string" &&
    typeof size === "number" &&
    Array.isArray(images)
  );
}
