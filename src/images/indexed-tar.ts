/**
 * A tar on the disk whose files can be read one by one. It is read through once: every file gets its
 * digest, and one that is named by a digest must have it.
 */
import { createReadStream } from "node:fs";
import path from "node:path";
import type { Digest } from "../model/artifact.ts";
import { type ByteSource, type StoredBlob, Summing } from "../store/blob-store.ts";
import { incomplete, tarEntries } from "./tar-entries.ts";

interface Place extends StoredBlob {
  readonly offset: number;
}

export class IndexedTar {
  readonly #file: string;
  readonly #byName = new Map<string, Place>();
  readonly #byDigest = new Map<Digest, Place>();
  readonly #links = new Map<string, string>();

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws DiagnosticError `archive-incomplete` */
  static async open(file: string, signal: AbortSignal): Promise<IndexedTar> {
    const tar = new IndexedTar(file);
    for await (const entry of tarEntries(createReadStream(file, { signal }))) {
      if (entry.kind === "link") tar.#links.set(entry.name, targetOf(entry.name, entry.link));
      if (entry.kind !== "file") continue;
      const sum = new Summing();
      for await (const _ of sum.over(entry.content));
      const place = { ...sum.blob(), offset: entry.offset };
      const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(entry.name)?.[1];
      if (hex !== undefined && place.digest !== `sha256:${hex}`) {
        throw incomplete(`\`${entry.name}\` is ${place.digest}`);
      }
      tar.#byName.set(entry.name, place);
      tar.#byDigest.set(place.digest, place);
    }
    return tar;
  }

  /** Links are followed; engine 20.10 makes them for layers that several images have. */
  find(name: string): StoredBlob | undefined {
    let [at, left] = [name, 8];
    for (let to = this.#links.get(at); to !== undefined && left > 0; left--) {
      at = to;
      to = this.#links.get(at);
    }
    return this.#byName.get(at);
  }

  has(digest: Digest): boolean {
    return this.#byDigest.has(digest);
  }

  /** @throws when it is not in it */
  open(digest: Digest): ByteSource {
    const place = this.#byDigest.get(digest);
    if (place === undefined) throw new Error(`no ${digest} in ${this.#file}`);
    const { offset, size } = place;
    // An empty range cannot be said: `end` is part of it.
    if (size === 0) return noBytes();
    return createReadStream(this.#file, { start: offset, end: offset + size - 1 });
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

/** A hard link is written from the top of the archive, another one from where it lies. */
const targetOf = (name: string, link: string): string =>
  link.startsWith("/") ? link.slice(1) : path.posix.join(path.posix.dirname(name), link);
