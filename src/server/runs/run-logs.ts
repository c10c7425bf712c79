/**
 * The files of one run: its console, its events, a log for each target. They only grow, also when a server
 * that was killed goes on with the run. What is written is decided by others.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { dirname } from "node:path";

/** One log may have so much; whoever writes more is in a loop. */
const mostBytes = 1 << 29;

interface Growing {
  readonly file: string;
  bytes: number;
  pending: string;
}

export class RunLogs {
  readonly #logs = new Map<string, Growing>();

  /** Kept in memory until the next `flush`. */
  add(file: string, text: string): void {
    const log = this.#logs.get(file) ?? this.#open(file);
    if (log.bytes > mostBytes) return;
    log.bytes += Buffer.byteLength(text);
    log.pending +=
      log.bytes > mostBytes ? "… the rest is left out: this log has its limit\n" : text;
  }

  /** Bytes that a log has once it is flushed. */
  bytes(file: string): number | undefined {
    return this.#logs.get(file)?.bytes;
  }

  /**
   * Writes what was added.
   * @returns the files that grew
   * @throws what the system does, when the disk is full above all
   */
  async flush(): Promise<readonly string[]> {
    const grown = [...this.#logs.values()].filter(({ pending }) => pending !== "");
    for (const log of grown) {
      const text = log.pending;
      log.pending = "";
      await appendFile(log.file, text);
    }
    return grown.map(({ file }) => file);
  }

  #open(file: string): Growing {
    mkdirSync(dirname(file), { recursive: true });
    const { size, isWhole } = lookAt(file);
    // A server that was killed may have left half a line.
    const log: Growing = { file, bytes: size, pending: isWhole ? "" : "\n" };
    if (!isWhole) log.bytes++;
    this.#logs.set(file, log);
    return log;
  }
}

function lookAt(file: string): { readonly size: number; readonly isWhole: boolean } {
  const handle = openSync(file, "a+");
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(handle, last, 0, 1, size - 1);
    return { size, isWhole: size === 0 || last[0] === 10 };
  } finally {
    closeSync(handle);
  }
}
