/**
 * Which look a log has at which byte: noted every so often while its bytes come by, so that a line in the middle
 * has the look that all before it left, and not much is read anew for that. Keeps no text.
 */
import { type Look, lookAfter, plain } from "./look.ts";

export interface LookMark {
  /** Byte of the log. */
  readonly at: number;
  readonly look: Look;
}

/** Bytes that are read again at most to know the look of a line. */
const markEvery = 64 * 1024;

/** All that matters is ASCII: bytes are taken for letters as they are, which nothing can break. */
const decoder = new TextDecoder("latin1");

export const asLetters = (bytes: Uint8Array): string => decoder.decode(bytes);

export class LookMarks {
  readonly #marks: LookMark[] = [{ at: 0, look: plain }];
  #look = plain;
  #bytes = 0;
  /** The beginning of a sequence whose end has not come yet. */
  #open = "";

  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; from += markEvery) {
      this.#take(piece.subarray(from, from + markEvery));
    }
  }

  /** The last mark that is not behind a byte. */
  before(byte: number): LookMark {
    let [low, high] = [0, this.#marks.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle] as LookMark).at <= byte) low = middle;
      else high = middle;
    }
    return this.#marks[low] as LookMark;
  }

  #take(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    // Most of most logs is plain: it is not even made into letters.
    if (this.#open !== "" || bytes.includes(escapeByte)) {
      const text = this.#open + asLetters(bytes);
      const end = /\u001b(\[[0-9;:]{0,60})?$/.exec(text.slice(-64))?.[0].length ?? 0;
      this.#open = text.slice(text.length - end);
      this.#look = lookAfter(this.#look, text.slice(0, text.length - end));
    }
    const at = this.#bytes - this.#open.length;
    if (at - (this.#marks.at(-1) as LookMark).at < markEvery) return;
    this.#marks.push({ at, look: this.#look });
  }
}

const escapeByte = 27;
