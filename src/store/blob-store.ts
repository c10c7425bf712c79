/**
 * Keeps bytes by their digest below `.tbuild/blobs`, each file whole or not there at all. What the
 * bytes mean is told by `blob-records.ts`; which of them may go is no business of this file.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { makeFolders } from "../files/make-folders.ts";
import type { Digest } from "../model/artifact.ts";
import type { BlobSource } from "../model/image-content.ts";
import { CountedFolder } from "./bounded-folder.ts";

export interface StoredBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export type ByteSource = AsyncIterable<Uint8Array>;

export class BlobStore implements BlobSource {
  /** Absolute. */
  readonly folder: string;
  readonly #aside: string;
  readonly #counted: CountedFolder;
  /** File names of what this run wrote or read. */
  readonly #inUse = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param stateFolder `.tbuild`, absolute; nothing is made there before the first blob */
  constructor(stateFolder: string) {
    this.folder = path.join(stateFolder, "blobs");
    // What a killed run leaves of a blob is swept with all that is temporary.
    this.#aside = path.join(stateFolder, "tmp");
    this.#counted = new CountedFolder(this.#files, path.join(stateFolder, "blobs.size"));
  }

  /** Lets those who fill the store do so one after the other, so that none does another's work again. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Keeps what comes, under the digest that it turns out to have.
   * @param expected what it must be
   * @throws WrongDigest, and then nothing is kept
   */
  async add(source: ByteSource, signal: AbortSignal, expected?: Digest): Promise<StoredBlob> {
    makeFolders(this.#aside);
    const aside = path.join(this.#aside, `blob-${randomBytes(8).toString("hex")}`);
    const sum = new Summing();
    try {
      // Nothing waits for the disk: a blob that a power cut tore is seen when it is read, and taken anew.
      const sink = createWriteStream(aside, { highWaterMark: 1 << 20 });
      await pipeline(Readable.from(sum.over(source), { objectMode: false }), sink, { signal });
      const blob = sum.blob();
      if (expected !== undefined && blob.digest !== expected) throw new WrongDigest(expected, blob);
      makeFolders(this.#files);
      this.#counted.open();
      this.#counted.add(blob.size);
      renameSync(aside, this.#use(blob.digest));
      return blob;
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  }

  pathOf(digest: Digest): string {
    return path.join(this.#files, nameOf(digest));
  }

  /**
   * Removes what was not of use for longest, once there are more bytes than that; nothing that this run
   * wrote or read. Taken out of the engine again, it is the same.
   */
  bound(bytes: number): void {
    if (!existsSync(this.#files)) return;
    this.#counted.bound({ bytes, isInUse: (name) => this.#inUse.has(name) });
  }

  get #files(): string {
    return path.join(this.folder, "sha256");
  }

  #use(digest: Digest): string {
    this.#inUse.add(nameOf(digest));
    return this.pathOf(digest);
  }

  sizeOf(digest: Digest): number | undefined {
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size;
  }

  open(digest: Digest, from = 0): Readable {
    // Opened at once: whoever removes the file now takes nothing away from this reader.
    const fd = openSync(this.#use(digest), "r");
    // Its time tells when it was last of use.
    const now = new Date();
    futimesSync(fd, now, now);
    return createReadStream("", { fd, start: from });
  }

  /** A small blob; undefined when it is not there or is not what it was. */
  read(digest: Digest): Buffer | undefined {
    if (this.sizeOf(digest) === undefined) return undefined;
    const bytes = readFileSync(this.#use(digest));
    if (digestOfBytes(bytes) === digest) return bytes;
    this.remove(digest);
    return undefined;
  }

  remove(digest: Digest): void {
    rmSync(this.pathOf(digest), { force: true });
  }
}

const nameOf = (digest: Digest): string => digest.slice("sha256:".length);

/** The bytes that came are not those that were named. */
export class WrongDigest extends Error {
  readonly expected: Digest;

  constructor(expected: Digest, found: StoredBlob) {
    super(`${expected} is ${found.digest}, ${found.size} bytes`);
    this.name = "WrongDigest";
    this.expected = expected;
  }
}

/** Digest and size of what passes by. */
export class Summing {
  readonly #hash = createHash("sha256");
  #size = 0;

  async *over(source: ByteSource): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
      yield chunk;
    }
  }

  /** Once, at the end. */
  blob(): StoredBlob {
    return { digest: `sha256:${this.#hash.digest("hex")}`, size: this.#size };
  }
}

/** Passes bytes through, and fails at their end unless they are those that are named. */
export async function* verified(source: ByteSource, expected: Digest): AsyncGenerator<Uint8Array> {
  const sum = new Summing();
  yield* sum.over(source);
  const found = sum.blob();
  if (found.digest !== expected) throw new WrongDigest(expected, found);
}

/** SHA-256. */
export const digestOfBytes = (bytes: Uint8Array): Digest =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
