/**
 * Writes lines into a file that never grows past a limit: of a longer text the beginning and the end
 * are kept, and a line between them says how much was left out. At any moment the file reads from
 * top to bottom.
 */
import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { bytes, exactSize } from "../model/size.ts";

const lineFeed = 0x0a;

export class BoundedText {
  readonly path: string;
  #file: number;
  readonly #limit: number;
  /** Bytes of the file. */
  #size = 0;
  #written = { bytes: 0, lines: 0 };
  #head: Head | undefined;

  /** @param file absolute path; what is there is replaced */
  constructor(file: string, limit: number) {
    this.path = file;
    this.#limit = limit;
    this.#file = openSync(file, "w+");
  }

  /** Goes on where it was closed. */
  reopen(): void {
    this.#file = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o666);
  }

  get size(): number {
    return this.#size;
  }

  /** @throws the system's error when it cannot be written */
  line(text: string): void {
    const count = writeSync(this.#file, `${text}\n`, this.#size);
    this.#size += count;
    this.#written.bytes += count;
    this.#written.lines += 1;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#written.lines += 1;
    }
    if (this.#size > this.#limit) this.#shorten();
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The last quarter moves up to the first one: each byte is moved once, however long the text gets. */
  #shorten(): void {
    this.#head ??= this.#findHead();
    const { head, tail } = { head: this.#head, tail: this.#findTail() };
    const left = {
      bytes: this.#written.bytes - head.bytes - tail.length,
      lines: this.#written.lines - head.lines - linesOf(tail),
    };
    const note = `${head.endsLine ? "" : "\n"}# ${bytes(left.bytes)} left out here, ${counted(left.lines)}: a log has a limit of ${exactSize(this.#limit)}\n`;
    const kept = Buffer.concat([Buffer.from(note), tail]);
    // Written before the rest is cut off: a kill between leaves lines twice, and loses none.
    writeSync(this.#file, kept, 0, kept.length, head.bytes);
    this.#size = head.bytes + kept.length;
    ftruncateSync(this.#file, this.#size);
  }

  /** The first quarter, to the end of its last line; of a line without an end a piece. */
  #findHead(): Head {
    const quarter = Math.floor(this.#limit / 4);
    const half = this.#read(0, 2 * quarter);
    const feed = half.indexOf(lineFeed, quarter);
    const head = feed < 0 ? half.subarray(0, quarter) : half.subarray(0, feed + 1);
    return { bytes: head.length, lines: linesOf(head), endsLine: feed >= 0 };
  }

  #findTail(): Buffer {
    const quarter = Math.floor(this.#limit / 4);
    const tail = this.#read(this.#size - quarter, quarter);
    const feed = tail.indexOf(lineFeed);
    return feed < 0 || feed === tail.length - 1 ? tail : tail.subarray(feed + 1);
  }

  #read(position: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(this.#file, buffer, 0, length, position));
  }
}

interface Head {
  readonly bytes: number;
  readonly lines: number;
  readonly endsLine: boolean;
}

function linesOf(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(lineFeed); at >= 0; at = text.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

const counted = (lines: number): string => `${lines} line${lines === 1 ? "" : "s"}`;
