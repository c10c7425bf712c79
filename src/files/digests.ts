/**
 * Content hashes of files and folders, remembered by stat so that an unchanged file is not read
 * again. Decides nothing about freshness.
 */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, type Stats } from "node:fs";
import type { Digest } from "../model/artifact.ts";
import type { HashedFile } from "./hash-worker.ts";
import { isSettled, Looks, type Signature, sameSignature, settled, signatureOf } from "./looks.ts";
import { readAhead } from "./read-ahead.ts";
import { digestOfSpecial, entryDigest, type ReadFile, readLink, readStable } from "./read-entry.ts";

export interface RememberedDigest {
  readonly signature: Signature;
  readonly digest: Digest;
}

/** Digests of files as they were when they were read, by absolute path. */
export interface RememberedDigests {
  get(path: string): RememberedDigest | undefined;
  set(path: string, remembered: RememberedDigest): unknown;
  delete(path: string): unknown;
}

/**
 * Digest of one entry: the sha256 of a plain file's content; of an executable one and of a
 * symbolic link, a sha256 that says so too. Two entries with one digest are interchangeable.
 */
export class FileDigests {
  readonly #remembered: RememberedDigests;
  readonly #looks: Looks;
  /** Files that were read before somebody asked for them; good for one answer. */
  readonly #ahead = new Map<string, HashedFile>();

  constructor(remembered: RememberedDigests = new Map(), looks: Looks = new Looks()) {
    this.#remembered = remembered;
    this.#looks = looks;
  }

  /**
   * Reads these files on all cores, where that is worth it, for when their digests are asked for.
   * @param paths absolute
   * @returns undefined when there is nothing to wait for
   * @throws the reason of `signal` once it is aborted
   */
  readAhead(paths: readonly string[], signal: AbortSignal): Promise<void> | undefined {
    const isKnown = (path: string, signature: Signature): boolean => {
      const known = this.#remembered.get(path);
      return known !== undefined && sameSignature(known.signature, signature);
    };
    return readAhead(paths, isKnown, signal)?.then((files) => {
      for (const file of files) this.#ahead.set(file.path, file);
    });
  }

  /**
   * @param path absolute path of a file or symbolic link
   * @throws the system's error when it cannot be read
   */
  file(path: string): Digest {
    const stats = lstatSync(path);
    if (stats.isFile()) return this.#ofRegular(path, stats);
    const startedAt = Date.now();
    const self = settled(stats, startedAt);
    if (!stats.isSymbolicLink()) {
      this.#looks.saw(path, { self });
      return digestOfSpecial(stats);
    }
    const { digest, behind } = readLink(path, startedAt);
    this.#looks.saw(path, { self, behind });
    return digest;
  }

  /** Hash over sorted relative names and entry digests below a folder; empty folders count. */
  tree(path: string): Digest {
    return this.#looks.during(treeReader(path), () => this.#hashTree(path));
  }

  #hashTree(path: string): Digest {
    const hash = createHash("sha256");
    const visit = (folder: string, prefix: string): void => {
      this.#looks.look(folder);
      const entries = readdirSync(folder, { withFileTypes: true });
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      if (entries.length === 0) hash.update(`${prefix}\0empty\n`);
      for (const entry of entries) {
        const name = prefix + entry.name;
        const child = `${folder}/${entry.name}`;
        if (entry.isDirectory()) visit(child, `${name}/`);
        else hash.update(`${name}\0${this.file(child)}\n`);
      }
    };
    visit(path, "");
    return `sha256:${hash.digest("hex")}`;
  }

  /** The signature as of now, to notice a change while something ran; undefined when it is gone. */
  signature(path: string): Signature | undefined {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats && signatureOf(stats);
  }

  #ofRegular(path: string, stats: Stats): Digest {
    const known = this.#remembered.get(path);
    if (known !== undefined && sameSignature(known.signature, signatureOf(stats))) {
      this.#looks.saw(path, { self: known.signature });
      return known.digest;
    }
    const { read, startedAt } = this.#read(path, stats);
    const digest = entryDigest(read);
    this.#looks.saw(path, { self: settled(read.stats, startedAt) });
    if (isSettled(read.stats, startedAt)) {
      this.#remembered.set(path, { signature: signatureOf(read.stats), digest });
    } else if (known !== undefined) {
      this.#remembered.delete(path);
    }
    return digest;
  }

  /** A file that changed since it was read ahead is read again. */
  #read(path: string, stats: Stats): { readonly read: ReadFile; readonly startedAt: number } {
    const ahead = this.#ahead.get(path);
    this.#ahead.delete(path);
    if (ahead && sameSignature(ahead.signature, signatureOf(stats))) {
      return { read: { content: ahead.content, stats }, startedAt: ahead.startedAt };
    }
    const startedAt = Date.now();
    return { read: readStable(path), startedAt };
  }
}

/** Who reads all that is below a folder, in `Looks`. */
export const treeReader = (path: string): string => `tree ${path}`;
