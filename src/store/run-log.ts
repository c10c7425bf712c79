/**
 * The log of one run in a file of its own, and the bound on how many such files stay. What its lines
 * say is decided by others.
 */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";

/**
 * How many runs are kept, with the one that is logged now.
 * @internal exported for its test
 */
export const runsKept = 100;

export class RunLog {
  readonly path: string;
  readonly #limit: number;
  #file: number | undefined;
  #size = 0;

  /**
   * Begins a log, and removes the oldest ones. Only for the one who holds the lock. A log that cannot
   * be written, on a full disk, is left out: it must not end what it tells of.
   * @param folder absolute path; made where it is not there
   * @param limit bytes of this log, and of earlier ones that may stay; absent, only their number counts, and no
   *   file is looked at
   */
  constructor(folder: string, startedAt: Date, limit?: number) {
    this.path = path.join(folder, nameFor(startedAt));
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    try {
      makeFolders(folder);
      removeOldest(folder, limit);
      this.#file = openSync(this.path, "wx");
    } catch {
      this.#file = undefined;
    }
  }

  /**
   * Written at once: what a killed run leaves can be read up to its last whole line.
   * @param isEnd whether it tells of the end of the run: such a line is kept beyond the limit too
   */
  append(line: unknown, isEnd = false): void {
    if (this.#file === undefined) return;
    const text = `${JSON.stringify(line)}\n`;
    if (this.#size + text.length > this.#limit && !isEnd) return;
    try {
      this.#size += writeSync(this.#file, text);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** `20260801T120000.123Z-4711.ndjson`: names sort by time, and have no colon, which some disks refuse. */
const nameFor = (startedAt: Date): string =>
  `${startedAt.toISOString().replaceAll(/[:-]/g, "")}-${process.pid}.ndjson`;

const isRunLog = (name: string): boolean => /^\d{8}T\d{6}\.\d{3}Z-\d+\.ndjson$/.test(name);

/** Leaves room for one more; a file that is not ours is not touched. */
function removeOldest(folder: string, limit: number | undefined): void {
  let bytes = 0;
  const newestFirst = readdirSync(folder).filter(isRunLog).sort().reverse();
  for (const [index, name] of newestFirst.entries()) {
    const file = path.join(folder, name);
    if (limit !== undefined) bytes += statSync(file).size;
    if (index >= runsKept - 1 || bytes > (limit ?? bytes)) rmSync(file, { force: true });
  }
}
