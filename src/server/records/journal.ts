/**
 * The journal of all runs: a line for each change. A line outlives this process once it is written, and the machine
 * once it is synced, which is done beside everything else: a disk that builds use takes its time. What a run
 * goes through is decided by others.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import {
  encodeCheckedLine,
  replaceCheckedLines,
  splitCheckedLines,
} from "../../store/checked-lines.ts";
import type { Run } from "./run.ts";
import { Turns } from "./turns.ts";

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
  readonly #syncs = new Turns(() => this.#sync());
  #isSynced = true;
  /** A disk that failed once may have lost what it was given, and say nothing of it the next time. */
  #doubt: unknown;

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
   * When it returns the system has them. A crash in the middle leaves a first part of them.
   * @throws what the system does; nothing of them is in the journal then
   */
  write(runs: readonly Run[]): void {
    this.#append(runs.map((run) => ({ run })));
  }

  remove(ids: readonly string[]): void {
    this.#append(ids.map((removed) => ({ removed })));
  }

  /**
   * Resolves when all that was written before is on the disk: one sync for all who ask meanwhile.
   * @throws what the system does; all is written anew before the next one
   */
  async synced(): Promise<void> {
    if (this.#doubt !== undefined) this.#renew();
    if (!this.#isSynced) await this.#syncs.again();
    else await this.#syncs.settled();
    if (this.#doubt !== undefined) throw this.#doubt;
  }

  close(): void {
    fdatasyncSync(this.#handle);
    closeSync(this.#handle);
  }

  #append(lines: readonly Line[]): void {
    if (lines.length === 0) return;
    if (this.#doubt !== undefined) this.#renew();
    const bytes = Buffer.from(lines.map(encodeCheckedLine).join(""));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#handle, bytes, done, bytes.length - done, this.#size + done);
      }
    } catch (error) {
      // Half a line would spoil the next one too.
      ftruncateSync(this.#handle, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#lines += lines.length;
    for (const line of lines) this.#take(line);
    this.#isSynced = false;
    if (this.#lines >= this.#runs.size + mostSuperseded) this.#renew();
  }

  async #sync(): Promise<void> {
    this.#isSynced = true;
    try {
      await promisify(fdatasync)(this.#handle);
    } catch (error) {
      this.#doubt = error;
      throw error;
    }
  }

  #renew(): void {
    const old = this.#handle;
    [this.#handle, this.#size, this.#lines] = this.#compact();
    this.#doubt = undefined;
    this.#isSynced = true;
    void this.#syncs.settled().then(() => closeSync(old));
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
    const handle = openSync(this.#file, "r+");
    return [handle, fstatSync(handle).size, runs.length];
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
