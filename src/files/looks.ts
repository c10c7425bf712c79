/**
 * What a run saw of the files it looked at, for which reader, and how: so that a later run can tell
 * by `stat` alone that it would see the same again. Reads no content.
 */
import { lstatSync, type Stats, statSync } from "node:fs";

/** Inode, size in bytes, mode, mtime and ctime in milliseconds: what an edit cannot keep all of. */
export type Signature = readonly [
  ino: number,
  size: number,
  mode: number,
  mtime: number,
  ctime: number,
];

export const signatureLength = 5;

/** `unsettled`: changed so lately, or while it was looked at, that an edit need not show by its times. */
export type Seen = Signature | "absent" | "unsettled";

export interface Look {
  /** The entry itself. */
  readonly self: Seen;
  /** What is behind it, when it is a symbolic link. */
  readonly behind?: Seen;
}

export type EntryKind = "file" | "folder" | "other" | "absent";

export class Looks {
  readonly #seen = new Map<string, Look>();
  readonly #byReader = new Map<string, Set<string>>();
  readonly #reading: Set<string>[] = [];

  /** Everything that is looked at meanwhile is what this reader reads, in addition to what it read before. */
  during<T>(reader: string, work: () => T): T {
    const paths = this.#byReader.get(reader) ?? new Set();
    this.#byReader.set(reader, paths);
    this.#reading.push(paths);
    try {
      return work();
    } finally {
      this.#reading.pop();
    }
  }

  /** Absolute paths; undefined for a reader that never read. */
  readBy(reader: string): ReadonlySet<string> | undefined {
    return this.#byReader.get(reader);
  }

  of(path: string): Look | undefined {
    return this.#seen.get(path);
  }

  /** Looks at an entry, links followed. */
  look(path: string): EntryKind {
    const now = Date.now();
    const stats = statIfPresent(path, lstatSync);
    if (stats === undefined) this.saw(path, { self: "absent" });
    else if (!stats.isSymbolicLink()) this.saw(path, { self: settled(stats, now) });
    else {
      const behind = statIfPresent(path, statSync);
      this.saw(path, {
        self: settled(stats, now),
        behind: behind ? settled(behind, now) : "absent",
      });
      return behind === undefined ? "other" : kindOf(behind);
    }
    return stats === undefined ? "absent" : kindOf(stats);
  }

  /** Takes down what was seen of an entry. Seen in two ways in one run it is not to be relied on. */
  saw(path: string, look: Look): void {
    const before = this.#seen.get(path);
    const same = before === undefined || isSameLook(before, look);
    this.#seen.set(path, same ? look : { self: "unsettled" });
    for (const paths of this.#reading) paths.add(path);
  }
}

export function signatureOf(stats: Stats): Signature {
  return [stats.ino, stats.size, stats.mode, stats.mtimeMs, stats.ctimeMs];
}

export function sameSignature(a: Signature, b: Signature): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] && a[4] === b[4];
}

/**
 * Whether an edit after the reading would show in the times. Within the clock's grain it would
 * not: git calls such an index entry racy. Whole seconds tell of a file system that keeps no
 * fractions; times in the future, of a clock that is not ours.
 * @param startedAt milliseconds since the epoch, from before the reading
 */
export function isSettled(stats: Stats, startedAt: number): boolean {
  const newest = Math.max(stats.mtimeMs, stats.ctimeMs);
  const grain = stats.mtimeMs % 1000 === 0 && stats.ctimeMs % 1000 === 0 ? 2000 : 20;
  return newest + grain < startedAt;
}

export const settled = (stats: Stats, startedAt: number): Seen =>
  isSettled(stats, startedAt) ? signatureOf(stats) : "unsettled";

/**
 * Nothing is below a file, as nothing is below what does not exist, and behind links in a circle.
 * @param stat `lstatSync` or `statSync`
 */
export function statIfPresent(
  path: string,
  stat: (path: string, options: { throwIfNoEntry: false }) => Stats | undefined,
): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return undefined;
    throw error;
  }
}

function kindOf(stats: Stats): EntryKind {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : "other";
}

const isSameLook = (a: Look, b: Look): boolean =>
  isSameSeen(a.self, b.self) && isSameSeen(a.behind, b.behind);

function isSameSeen(a: Seen | undefined, b: Seen | undefined): boolean {
  return typeof a === "object" && typeof b === "object" ? sameSignature(a, b) : a === b;
}
