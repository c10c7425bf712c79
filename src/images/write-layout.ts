/**
 * Writes images into an OCI layout, where those of others may lie: blobs by rename, the index last and
 * under a lock, with the entries of others kept. A run that is killed leaves the index as it was.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { failure } from "../docker/errors.ts";
import { makeFolders } from "../files/make-folders.ts";
import type { Digest } from "../model/artifact.ts";
import type { ByteSource } from "../store/blob-store.ts";
import { takeLock } from "../store/lock.ts";
import { type IndexEntry, indexJson, layoutJson, type NamedImage, nameOf } from "./image-index.ts";
import { type BlobForms, blobPath } from "./write-archive.ts";

export interface LayoutParts {
  /** Absolute. */
  readonly folder: string;
  readonly forms: BlobForms;
  /** Part of the names of unfinished files: of whom none but this run can be the writer. */
  readonly owner: string;
  /** Whether a blob that is there is what its name says. */
  readonly isRight: (file: string, digest: Digest) => boolean;
  /** A file that tells of all that lies in the layout, written under the same lock as the index. */
  readonly about: {
    readonly name: string;
    readonly of: (entries: readonly IndexEntry[]) => string;
  };
  /** What the user typed, shown to another who waits. */
  readonly command: string;
  readonly onWait: (command: string) => void;
  readonly signal: AbortSignal;
}

export interface WrittenLayout {
  /** Absolute paths of the images' blobs. */
  readonly blobs: readonly string[];
  /** How many of them were not there before. */
  readonly added: number;
}

export async function writeLayout(
  images: readonly NamedImage[],
  parts: LayoutParts,
): Promise<WrittenLayout> {
  const blobFolder = path.join(parts.folder, "blobs/sha256");
  makeFolders(blobFolder);
  sweep(blobFolder, parts.owner);
  const blobs = blobsOf(images, parts.forms);
  let added = 0;
  for (const [digest, open] of blobs) added += (await writeBlob(digest, open, parts)) ? 1 : 0;
  await writeIndex(images, parts);
  const files = [...blobs.keys()].map((digest) => path.join(parts.folder, blobPath(digest)));
  return { blobs: files, added };
}

/** What a killed run of this owner began. */
function sweep(folder: string, owner: string): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith(`.${owner}.part`)) rmSync(path.join(folder, name), { force: true });
  }
}

type Open = () => ByteSource | Uint8Array;

function blobsOf(images: readonly NamedImage[], forms: BlobForms): ReadonlyMap<Digest, Open> {
  const blobs = new Map<Digest, Open>();
  for (const { manifest, config, layers } of images.map(({ content }) => content)) {
    blobs.set(manifest.digest, () => manifest.bytes);
    for (const { digest } of [config, ...layers])
      blobs.set(digest, () => forms.openAs(digest, "none"));
  }
  return blobs;
}

async function writeBlob(digest: Digest, open: Open, parts: LayoutParts): Promise<boolean> {
  const file = path.join(parts.folder, blobPath(digest));
  if (parts.isRight(file, digest)) return false;
  const part = path.join(path.dirname(file), `.${path.basename(file)}.${parts.owner}.part`);
  try {
    const bytes = open();
    const source =
      bytes instanceof Uint8Array ? bytes : Readable.from(bytes, { objectMode: false });
    await writeFile(part, source, { signal: parts.signal, flush: true });
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return true;
}

async function writeIndex(
  images: readonly NamedImage[],
  { folder, owner, about, command, onWait, signal }: LayoutParts,
): Promise<void> {
  const file = path.join(folder, "index.json");
  const replace = (name: string, bytes: Uint8Array): void => {
    const part = path.join(folder, `.${name}.${owner}.part`);
    writeFileSync(part, bytes, { flush: true });
    renameSync(part, path.join(folder, name));
  };
  const tellWait = (other: { readonly command: string }) => onWait(other.command);
  const lock = await takeLock(path.join(folder, ".lock"), command, tellWait, signal);
  try {
    const before = readIndex(file);
    replace("oci-layout", layoutJson);
    const after = indexJson(images, othersOf(before ?? [], images));
    if (before === undefined || !readFileSync(file).equals(after)) replace("index.json", after);
    replace(about.name, Buffer.from(about.of(readIndex(file) ?? [])));
  } finally {
    lock.release();
  }
}

/** A name means one image: the one that is saved last. */
function othersOf(before: readonly IndexEntry[], images: readonly NamedImage[]) {
  const names = new Set(images.flatMap(({ references }) => references));
  const own = new Set(images.map(({ content }) => content.manifest.digest));
  return before.filter((entry) => {
    const name = nameOf(entry);
    return name === undefined ? !own.has(entry.digest) : !names.has(name);
  });
}

/** Undefined: there is none. */
export function readIndex(file: string): readonly IndexEntry[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { manifests } = JSON.parse(text) as { manifests?: readonly IndexEntry[] };
    if (Array.isArray(manifests)) return manifests;
  } catch {
    // Told below.
  }
  throw failure("bad-layout", "surroundings", `\`${file}\` is not the index of an OCI layout`, {
    hint: "name another folder, or remove that file",
  });
}
