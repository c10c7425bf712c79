/**
 * What the store knows about its blobs: which ones an image is made of, and which one is a layer in
 * compressed form. A record that cannot be read, or whose blobs are gone, is none.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import type { Digest } from "../model/artifact.ts";
import type { Descriptor } from "../model/image-content.ts";
import type { BlobStore, StoredBlob } from "./blob-store.ts";
import type { Compression } from "./compress.ts";

export interface ImageRecord {
  /** In the engine. */
  readonly id: Digest;
  readonly config: StoredBlob;
  /** Digests of the layers as they are unpacked, from the base up. */
  readonly diffIds: readonly Digest[];
  /** Where the engine keeps images as registries do: the manifest that it gave, and its layers. */
  readonly given?: { readonly manifest: Descriptor; readonly layers: readonly Descriptor[] };
}

/** A layer in some compression. */
export interface LayerRecord extends StoredBlob {
  /** Bytes when unpacked. */
  readonly rawSize: number;
}

export class BlobRecords {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** Only when all that it names, but the layers, is there. */
  image(id: Digest): ImageRecord | undefined {
    const record = this.#read<ImageRecord>("images", hexOf(id));
    if (record?.id !== id || !Array.isArray(record.diffIds)) return undefined;
    const blobs = record.given
      ? [record.config, record.given.manifest, ...record.given.layers]
      : [record.config];
    return blobs.every((blob) => this.#isThere(blob)) ? record : undefined;
  }

  keepImage(record: ImageRecord): void {
    this.#write("images", hexOf(record.id), record);
  }

  layer(diffId: Digest, compression: Compression): LayerRecord | undefined {
    if (compression === "none") {
      const size = this.#store.sizeOf(diffId);
      return size === undefined ? undefined : { digest: diffId, size, rawSize: size };
    }
    const record = this.#read<LayerRecord>("layers", `${hexOf(diffId)}.${compression}`);
    return typeof record?.rawSize === "number" && this.#isThere(record) ? record : undefined;
  }

  keepLayer(diffId: Digest, compression: Compression, record: LayerRecord): void {
    this.#write("layers", `${hexOf(diffId)}.${compression}`, record);
  }

  #isThere({ digest, size }: StoredBlob): boolean {
    return this.#store.sizeOf(digest) === size;
  }

  #read<T>(kind: string, name: string): Partial<T> & T {
    try {
      return JSON.parse(readFileSync(path.join(this.#store.folder, kind, name), "utf8"));
    } catch {
      return {} as T;
    }
  }

  /** By rename; only one tbuild works in a workspace. */
  #write(kind: string, name: string, record: unknown): void {
    const file = path.join(this.#store.folder, kind, name);
    makeFolders(path.dirname(file));
    writeFileSync(`${file}.new`, JSON.stringify(record));
    renameSync(`${file}.new`, file);
  }
}

const hexOf = (digest: Digest): string => digest.slice("sha256:".length);
