/** Reads one target file as text and tells where an offset stands in it. Leaves YAML to `read-yaml`. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import type { Digest } from "../../model/artifact.ts";
import type { Location } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import * as problems from "../problems/problems.ts";
import type { Span } from "./node.ts";

/** Ten thousand targets written out by hand take about 1 MB; more is a mistake. */
const largestFile = 4 * 1024 * 1024;

export interface Source {
  /** How places name it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly digest: Digest;
  locate(span: Span): Location;
}

/** Reads a file; `includedAt` is the place that names it, for the case that it is not there. */
export function readSource(path: string, file: string, includedAt?: Location): Result<Source> {
  let bytes: Buffer;
  try {
    const found = readLimited(path);
    if (typeof found === "number") return fail(problems.fileTooLarge(file, found, largestFile));
    bytes = found;
  } catch (error) {
    return fail(problems.fileUnreadable(file, error as NodeJS.ErrnoException, includedAt));
  }
  if (!isUtf8(bytes)) return fail(problems.invalidUtf8(...firstInvalid(bytes, file)));
  const digest: Digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return ok({ file, path, digest, ...textOf(bytes.toString("utf8"), file) });
}

/** The bytes, or the size of a file that is too large to be read. */
function readLimited(path: string): Buffer | number {
  const descriptor = openSync(path, "r");
  try {
    const status = fstatSync(descriptor);
    if (status.isFile() && status.size > largestFile) return status.size;
    const bytes = readFileSync(descriptor);
    return bytes.length > largestFile ? bytes.length : bytes;
  } finally {
    closeSync(descriptor);
  }
}

/** A source from text that is at hand. */
export function textOf(text: string, file: string): Pick<Source, "text" | "locate"> {
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  let lines: readonly number[] | undefined;
  const locate = (span: Span): Location => {
    lines ??= lineStarts(content);
    return locateIn(content, lines, file, span);
  };
  return { text: content, locate };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}

function locateIn(text: string, lines: readonly number[], file: string, span: Span): Location {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as number) <= span.start) low = middle;
    else high = middle - 1;
  }
  const lineEnd = low + 1 < lines.length ? (lines[low + 1] as number) - 1 : text.length;
  const length = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  return { file, line: low + 1, column: span.start - (lines[low] as number) + 1, length };
}

/** Place and value of the first byte that breaks UTF-8. No character of two or more bytes holds a line feed. */
function firstInvalid(bytes: Buffer, file: string): [at: Location, byte: number] {
  let line = 1;
  let start = 0;
  for (;;) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    if (feed < 0 || !isUtf8(bytes.subarray(start, end))) {
      const bad = firstBad(bytes.subarray(0, end), start);
      const column = bytes.subarray(start, bad).toString("utf8").length + 1;
      return [{ file, line, column, length: 1 }, bytes[bad] as number];
    }
    start = end + 1;
    line++;
  }
}

function firstBad(bytes: Buffer, from: number): number {
  let start = from;
  while (start < bytes.length) {
    const size = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(start, start + count)));
    if (size === undefined) return start;
    start += size;
  }
  return from;
}
