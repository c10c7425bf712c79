/**
 * A file of JSON records, one a line, each behind the CRC-32 of its text: a torn or altered line
 * is noticed and left out. Knows nothing of what the records mean.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { crc32 } from "node:zlib";

export interface CheckedLines {
  /** The records as JSON, unread: of thousands of traces a run may need one. */
  readonly records: readonly string[];
  /** Lines that did not pass their check. */
  readonly damaged: number;
  /** Whether the last line is complete, so that a record may be appended as it is. */
  readonly endsClean: boolean;
}

/** Reads all records that are intact; a file that does not exist holds none. */
export function readCheckedLines(file: string): CheckedLines {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { records: [], damaged: 0, endsClean: true };
  }
  const records: string[] = [];
  let damaged = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const json = line.slice(9);
    if (line[8] === " " && line.startsWith(checksum(json))) records.push(json);
    else damaged++;
  }
  return { records, damaged, endsClean: text === "" || text.endsWith("\n") };
}

export function encodeCheckedLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** Replaces a file by these records: the old one stands until the new one is whole on the disk. */
export function replaceCheckedLines(file: string, records: Iterable<unknown>): void {
  const temporary = `${file}.${process.pid}.new`;
  const handle = openSync(temporary, "w");
  try {
    let pending = "";
    for (const record of records) {
      pending += encodeCheckedLine(record);
      if (pending.length > 1 << 20) {
        writeFileSync(handle, pending);
        pending = "";
      }
    }
    writeFileSync(handle, pending);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
