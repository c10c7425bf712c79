/**
 * A folder of files of which the least recently written go when there are too many. What the files
 * are, and which of them are in use, is known to others.
 */
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Bounds, chooseEvicted, type Evictable } from "./choose-evicted.ts";

export interface Bounding extends Bounds {
  /** Called with what is about to go, the oldest first. */
  readonly onEvict?: (names: readonly string[]) => void;
}

/** @returns bytes of what is left */
export function boundFolder(folder: string, { onEvict, ...bounds }: Bounding): number {
  const entries = filesByAge(folder);
  const evicted = chooseEvicted(entries, bounds);
  if (evicted.length > 0) onEvict?.(evicted.map(({ name }) => name));
  for (const { name } of evicted) rmSync(path.join(folder, name), { force: true });
  return sum(entries) - sum(evicted);
}

/**
 * The same for a folder of many files, which are counted as they are written and looked at only when
 * they may be too many. The count is taken away before anything is written and comes back at the end:
 * after a run that was killed there is none, and the folder is looked at.
 */
export class CountedFolder {
  readonly #folder: string;
  readonly #counter: string;
  /** Bytes before this run; more than there are where files were replaced. */
  #before: number | undefined;
  #added = 0;
  #isOpen = false;

  /** @param counter absolute path of the file that the count is kept in */
  constructor(folder: string, counter: string) {
    this.#folder = folder;
    this.#counter = counter;
  }

  /** Before the first file of a run is written. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#before = readCount(this.#counter);
    rmSync(this.#counter, { force: true });
  }

  add(bytes: number): void {
    this.#added += bytes;
  }

  /** When nothing more is written. A run that wrote nothing looks only whether there is too much. */
  bound(bounding: Bounding): void {
    const before = this.#isOpen ? this.#before : readCount(this.#counter);
    const counted = before === undefined ? undefined : before + this.#added;
    const isWithin = counted !== undefined && counted <= bounding.bytes;
    if (isWithin && !this.#isOpen) return;
    const count = isWithin ? counted : boundFolder(this.#folder, bounding);
    writeFileSync(`${this.#counter}.new`, `${count}\n`);
    renameSync(`${this.#counter}.new`, this.#counter);
    this.#isOpen = false;
    this.#added = 0;
  }
}

/** The bytes that a counter tells; undefined where there is none, or half of one. */
export function readCount(file: string): number | undefined {
  try {
    const text = readFileSync(file, "latin1");
    return /^\d{1,15}\n$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

interface FileByAge extends Evictable {
  readonly time: number;
}

/** The oldest first. */
function filesByAge(folder: string): readonly FileByAge[] {
  return namesIn(folder)
    .flatMap((name) => {
      const stats = lstatSync(path.join(folder, name), { throwIfNoEntry: false });
      return stats?.isFile() ? [{ name, bytes: stats.size, time: stats.mtimeMs }] : [];
    })
    .sort((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return [];
  }
}

const sum = (entries: readonly Evictable[]): number =>
  entries.reduce((total, { bytes }) => total + bytes, 0);
