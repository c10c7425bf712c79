/**
 * A log on the server, read by ranges: where its lines begin, and text and look of those that are asked for. Keeps
 * the index and a few blocks, however large the log is.
 */
import { linesWith } from "./find-text.ts";
import { LineIndex } from "./line-index.ts";
import { type Look, lookAfter } from "./look.ts";
import { asLetters, LookMarks } from "./look-marks.ts";

export interface LogLine {
  readonly text: string;
  /** At its beginning. */
  readonly look: Look;
}

/** Bytes from `from` to before `to`, and how many there are in all; undefined when there are none yet. */
export type ReadBytes = (
  from: number,
  to: number,
) => Promise<{ readonly bytes: Uint8Array; readonly total: number } | undefined>;

const blockBytes = 256 * 1024;
const blocksKept = 64;
const pieceBytes = 4 * 1024 * 1024;
/** Of one line: more than that nobody reads, and a log may be one line. */
const lineBytes = 16 * 1024;

export class LogFile {
  readonly index = new LineIndex();
  /** How many bytes there are, as far as the server told. */
  total = 0;
  readonly #looks = new LookMarks();
  readonly #read: ReadBytes;
  readonly #blocks = new Map<number, Uint8Array>();
  #growing: Promise<void> | undefined;
  #again = false;

  constructor(read: ReadBytes) {
    this.#read = read;
  }

  /** Reads what is there by now, telling after each piece. One call after the other, whoever calls. */
  grow(onPiece: () => void): Promise<void> {
    this.#again = true;
    this.#growing ??= this.#readOn(onPiece).finally(() => {
      this.#growing = undefined;
    });
    return this.#growing;
  }

  async #readOn(onPiece: () => void): Promise<void> {
    while (this.#again) {
      this.#again = false;
      for (;;) {
        const from = this.index.bytes;
        const found = await this.#read(from, from + pieceBytes);
        if (found === undefined || found.bytes.length === 0) break;
        this.#keep(from, found.bytes);
        this.index.add(found.bytes);
        this.#looks.add(found.bytes);
        this.total = Math.max(found.total, this.index.bytes);
        onPiece();
        if (this.index.bytes >= found.total) break;
      }
    }
  }

  /** Lines from `from` to before `to`; long ones are cut. */
  async lines(from: number, to: number): Promise<readonly LogLine[]> {
    const decoder = new TextDecoder();
    const lines: LogLine[] = [];
    let look = await this.#lookAt(this.index.start(from));
    for (let line = from; line < Math.min(to, this.index.lines); line++) {
      const start = this.index.start(line);
      const end = this.index.start(line + 1);
      const bytes = await this.#bytes(start, Math.min(end, start + lineBytes));
      const text = decoder.decode(bytes).replace(/\n$/, "");
      const isCut = end - start > lineBytes;
      lines.push({ text: isCut ? `${text}…` : text, look });
      look = isCut ? await this.#lookAt(end) : lookAfter(look, text);
    }
    return lines;
  }

  /** What all before that byte left: from the last mark on it is read again. */
  async #lookAt(byte: number): Promise<Look> {
    const { at, look } = this.#looks.before(byte);
    return lookAfter(look, asLetters(await this.#bytes(at, byte)));
  }

  /** Numbers of the lines that have `wanted`, as they are found, until `signal` says that it is enough. */
  async *search(wanted: string, signal: AbortSignal): AsyncGenerator<readonly number[]> {
    for (let line = 0; line < this.index.lines && !signal.aborted; ) {
      const start = this.index.start(line);
      let next = line + 1;
      while (next < this.index.lines && this.index.start(next + 1) - start <= pieceBytes) next++;
      const found = await this.#read(start, this.index.start(next));
      const text = new TextDecoder().decode(found?.bytes ?? new Uint8Array());
      yield linesWith(text, wanted, line);
      line = next;
    }
  }

  async #bytes(from: number, to: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      const block = Math.floor(at / blockBytes);
      const inBlock = at - block * blockBytes;
      const upTo = Math.min(to - block * blockBytes, blockBytes);
      const held = await this.#block(block, upTo);
      bytes.set(held.subarray(inBlock, upTo), at - from);
      at = block * blockBytes + upTo;
    }
    return bytes;
  }

  async #block(block: number, length: number): Promise<Uint8Array> {
    const held = this.#blocks.get(block);
    if (held && held.length >= length) {
      // The last one used is the last one to go.
      this.#blocks.delete(block);
      this.#blocks.set(block, held);
      return held;
    }
    const from = block * blockBytes;
    const found = await this.#read(from, from + blockBytes);
    const bytes = found?.bytes ?? new Uint8Array();
    this.#put(block, bytes);
    return bytes;
  }

  /** What was read to find lines is what is shown next, most often. */
  #keep(from: number, piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const block = Math.floor((from + at) / blockBytes);
      const inBlock = from + at - block * blockBytes;
      const part = piece.subarray(at, at + blockBytes - inBlock);
      const held = this.#blocks.get(block) ?? new Uint8Array();
      if (held.length === inBlock) this.#put(block, joined(held, part));
      at += part.length;
    }
  }

  #put(block: number, bytes: Uint8Array): void {
    this.#blocks.delete(block);
    this.#blocks.set(block, bytes);
    if (this.#blocks.size <= blocksKept) return;
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined) this.#blocks.delete(oldest);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
