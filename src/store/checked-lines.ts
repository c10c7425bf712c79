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
  /** The records as JSON, unread: of thousands a run may need one. */
  readonly records: readonly Buffer[];
  /** Lines that did not pass their check. */
  readonly damaged: number;
  /** Whether the last line is complete, so that a record may be appended as it is. */
  readonly endsClean: boolean;
}

const lineFeed = 0x0a;
const space = 0x20;
const checksumLength = 8;

/** Reads all records that are intact; a file that does not exist holds none. */
export function readCheckedLines(file: string): CheckedLines {
  const bytes = readIfPresent(file);
  const records: Buffer[] = [];
  let damaged = 0;
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed < 0 ? bytes.length : feed;
    if (isIntact(bytes, start, end)) records.push(bytes.subarray(start + checksumLength + 1, end));
    else if (end > start) damaged++;
    start = end + 1;
  }
  return { records, damaged, endsClean: bytes.length === 0 || bytes.at(-1) === lineFeed };
}

function readIfPresent(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return Buffer.alloc(0);
  }
}

function isIntact(bytes: Buffer, start: number, end: number): boolean {
  const from = start + checksumLength;
  if (end <= from || bytes[from] !== space) return false;
  return checksum(bytes.subarray(from + 1, end)) === bytes.toString("latin1", start, from);
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

function checksum(text: string | Uint8Array): string {
  return crc32(text).toString(16).padStart(8, "0");
}
