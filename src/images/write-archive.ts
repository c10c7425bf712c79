/**
 * Writes images as one tar that engines of every age load, and that is an OCI layout as well. The same
 * images give the same bytes: sorted, of no time and of nobody. Where it goes is the caller's.
 */
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import type { Digest } from "../model/artifact.ts";
import type { ByteSource } from "../store/blob-store.ts";
import { type Compression, compress } from "../store/compress.ts";
import { indexJson, layoutJson, type NamedImage } from "./image-index.ts";

export interface BlobForms {
  /** The bytes of a blob, compressed as it is asked for. */
  openAs(digest: Digest, compression: Compression): ByteSource;
}

/**
 * A compressed archive is made of compressed parts that stand behind each other, which gzip and zstd
 * both allow: a layer that was compressed once is not compressed again.
 * @param isLeftOut whether a layer is not in it, since the engine that loads it holds it
 */
export async function* archiveBytes(
  images: readonly NamedImage[],
  forms: BlobForms,
  compression: Compression,
  isLeftOut: (digest: Digest) => boolean = () => false,
): AsyncGenerator<Uint8Array> {
  // What is left of one entry goes with the head of the next: each part costs its own frame.
  let between: Buffer = Buffer.alloc(0);
  for (const { path, size, open } of entriesOf(images, forms, isLeftOut)) {
    yield* compress(once(Buffer.concat([between, headOf(path, size)])), compression);
    yield* open(compression);
    between = Buffer.alloc((block - (size % block)) % block);
  }
  yield* compress(once(Buffer.concat([between, Buffer.alloc(2 * block)])), compression);
}

const block = 512;

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly open: (compression: Compression) => ByteSource;
}

function entriesOf(
  images: readonly NamedImage[],
  forms: BlobForms,
  isLeftOut: (digest: Digest) => boolean,
): readonly Entry[] {
  const entries = new Map<string, Entry>();
  const add = (path: string, size: number, open: Entry["open"]) =>
    entries.set(path, { path, size, open });
  const addText = (path: string, bytes: Uint8Array) =>
    add(path, bytes.length, (compression) => compress(once(bytes), compression));
  for (const { manifest, config, layers } of images.map(({ content }) => content)) {
    addText(blobPath(manifest.digest), manifest.bytes);
    for (const { digest, size } of [config, ...layers]) {
      if (isLeftOut(digest)) continue;
      add(blobPath(digest), size, (compression) => forms.openAs(digest, compression));
    }
  }
  addText("index.json", indexJson(images));
  addText("manifest.json", Buffer.from(JSON.stringify(images.map(rowOf))));
  addText("oci-layout", layoutJson);
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What engines go by that know of no OCI layouts. */
const rowOf = ({ content: { config, layers }, references }: NamedImage) => ({
  Config: blobPath(config.digest),
  RepoTags: references.length === 0 ? null : references,
  Layers: layers.map(({ digest }) => blobPath(digest)),
});

export const blobPath = (digest: Digest): string => digest.replace("sha256:", "blobs/sha256/");

function headOf(path: string, size: number): Buffer {
  const head = Buffer.alloc(block);
  const data = { path, size, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };
  const isTooLarge = new Header({ ...data, type: "File" }).encode(head);
  return isTooLarge ? Buffer.concat([new Pax({ path, size } as never).encode(), head]) : head;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
