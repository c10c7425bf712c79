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
import type { Traffic } from "../model/traffic.ts";
import type { ByteSource, StoredBlob } from "../store/blob-store.ts";
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
  readonly traffic: Traffic;
}

export async function writeLayout(
  images: readonly NamedImage[],
  parts: LayoutParts,
): Promise<WrittenLayout> {
  const blobFolder = path.join(parts.folder, "blobs/sha256");
  makeFolders(blobFolder);
  sweep(blobFolder, parts.owner);
  const blobs = blobsOf(images, parts.forms);
  const added = new Set<Digest>();
  for (const [digest, { open }] of blobs) {
    if (await writeBlob(digest, open, parts)) added.add(digest);
  }
  await writeIndex(images, parts);
  const files = [...blobs.keys()].map((digest) => path.join(parts.folder, blobPath(digest)));
  return { blobs: files, added: added.size, traffic: trafficOf(blobs, added) };
}

/** What a killed run of this owner began. */
function sweep(folder: string, owner: string): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith(`.${owner}.part`)) rmSync(path.join(folder, name), { force: true });
  }
}

type Open = () => ByteSource | Uint8Array;

interface BlobToWrite {
  readonly size: number;
  readonly open: Open;
  /** Places in the images that name it. */
  uses: number;
}

type BlobsToWrite = ReadonlyMap<Digest, BlobToWrite>;

function blobsOf(images: readonly NamedImage[], forms: BlobForms): BlobsToWrite {
  const blobs = new Map<Digest, BlobToWrite>();
  const add = ({ digest, size }: StoredBlob, open: Open): void => {
    const known = blobs.get(digest);
    if (known) known.uses++;
    else blobs.set(digest, { size, open, uses: 1 });
  };
  for (const { manifest, config, layers } of images.map(({ content }) => content)) {
    add(manifest, () => manifest.bytes);
    for (const blob of [config, ...layers]) add(blob, () => forms.openAs(blob.digest, "none"));
  }
  return blobs;
}

function trafficOf(blobs: BlobsToWrite, added: ReadonlySet<Digest>): Traffic {
  const traffic = { sent: 0, mounted: 0, there: 0, shared: 0 };
  for (const [digest, { size, uses }] of blobs) {
    traffic[added.has(digest) ? "sent" : "there"] += size;
    traffic.shared += (uses - 1) * size;
  }
  return traffic;
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
function readIndex(file: string): readonly IndexEntry[] | undefined {
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
