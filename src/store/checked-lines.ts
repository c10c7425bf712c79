/**
 * A file of JSON records, one a line, each behind the CRC-32 of its text: a torn or altered line
 * is noticed and left out. Knows nothing of what the records mean.
 */
import { writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { replaceFile } from "./replace-file.ts";

export interface CheckedLines {
  /** The records as JSON, unread: of thousands a run may need one. */
  readonly records: readonly Buffer[];
  /** Lines that did not pass their check. */
  readonly damaged: number;
}

const lineFeed = 0x0a;
const space = 0x20;
const checksumLength = 8;

/** All records that are intact. */
export function splitCheckedLines(bytes: Buffer): CheckedLines {
  const records: Buffer[] = [];
  let damaged = 0;
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed < 0 ? bytes.length : feed;
    if (isIntact(bytes, start, end)) records.push(bytes.subarray(start + checksumLength + 1, end));
    else if (end > start) damaged++;
    start = end + 1;
  }
  return { records, damaged };
}

/** The record whose JSON begins at a place; undefined when it is no intact line. */
export function lineAt(bytes: Buffer, from: number): Buffer | undefined {
  const start = from - checksumLength - 1;
  const feed = bytes.indexOf(lineFeed, from);
  const end = feed < 0 ? bytes.length : feed;
  const isStart = start === 0 || bytes[start - 1] === lineFeed;
  return isStart && isIntact(bytes, start, end) ? bytes.subarray(from, end) : undefined;
}

function isIntact(bytes: Buffer, start: number, end: number): boolean {
  const from = start + checksumLength;
  if (end <= from || bytes[from] !== space) return false;
  return checksum(bytes.subarray(from + 1, end)) === bytes.toString("latin1", start, from);
}

/** CRC-32 of the JSON as eight hexadecimal digits, a space, the JSON, a line feed. */
export function encodeCheckedLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** Replaces a file by these records: the old one stands until the new one is whole on the disk. */
export function replaceCheckedLines(file: string, records: Iterable<unknown>): void {
  replaceFile(file, (handle) => {
    let pending = "";
    for (const record of records) {
      pending += encodeCheckedLine(record);
      if (pending.length > 1 << 20) {
        writeFileSync(handle, pending);
        pending = "";
      }
    }
    writeFileSync(handle, pending);
  });
}

function checksum(text: string | Uint8Array): string {
  return crc32(text).toString(16).padStart(8, "0");
}
