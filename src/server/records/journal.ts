/**
 * The journal of all runs: a line for each change, on the disk before anybody is told of it. What a run
 * goes through is decided by others.
 */
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import {
  encodeCheckedLine,
  replaceCheckedLines,
  splitCheckedLines,
} from "../../store/checked-lines.ts";
import type { Run } from "./run.ts";

type Line = { readonly run: Run } | { readonly removed: string };

/** More lines than this that say nothing any more, and the file is written anew. */
const mostSuperseded = 5000;

export class Journal {
  readonly #file: string;
  readonly #runs = new Map<string, Run>();
  /** Lines that did not pass their check when it was read. */
  readonly damaged: number;
  #handle: number;
  #size: number;
  #lines: number;

  /** Reads it, and writes it anew with the last line of each run. */
  constructor(file: string) {
    this.#file = file;
    const { records, damaged } = splitCheckedLines(read(file));
    this.damaged = damaged;
    for (const record of records) this.#take(JSON.parse(record.toString()) as Line);
    [this.#handle, this.#size, this.#lines] = this.#compact();
  }

  /** As the journal has them, by ID. */
  runs(): readonly Run[] {
    return [...this.#runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * When it returns they are on the disk. A crash in the middle leaves a first part of them.
   * @throws what the system does; nothing of them is in the journal then
   */
  write(runs: readonly Run[]): void {
    this.#append(runs.map((run) => ({ run })));
  }

  remove(ids: readonly string[]): void {
    this.#append(ids.map((removed) => ({ removed })));
  }

  close(): void {
    closeSync(this.#handle);
  }

  #append(lines: readonly Line[]): void {
    if (lines.length === 0) return;
    const bytes = Buffer.from(lines.map(encodeCheckedLine).join(""));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#handle, bytes, done, bytes.length - done, this.#size + done);
      }
      fdatasyncSync(this.#handle);
    } catch (error) {
      // Half a line would spoil the next one too.
      ftruncateSync(this.#handle, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#lines += lines.length;
    for (const line of lines) this.#take(line);
    if (this.#lines < this.#runs.size + mostSuperseded) return;
    closeSync(this.#handle);
    [this.#handle, this.#size, this.#lines] = this.#compact();
  }

  #take(line: Line): void {
    if ("run" in line) this.#runs.set(line.run.id, line.run);
    else this.#runs.delete(line.removed);
  }

  #compact(): [handle: number, size: number, lines: number] {
    const runs = this.runs();
    replaceCheckedLines(
      this.#file,
      runs.map((run) => ({ run })),
    );
    return [openSync(this.#file, "r+"), read(this.#file).length, runs.length];
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
