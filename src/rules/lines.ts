/** Cuts what a program writes into whole lines, and keeps the last of them. */
import { StringDecoder } from "node:string_decoder";

/** A line without an end is given out in pieces of this length. */
const longest = 64 * 1024;

/** Bytes in, lines out; a character split over two chunks stays whole. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** The last line may lack its end. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== "") this.#onLine(this.#rest.replace(/\r$/, ""));
    this.#rest = "";
  }

  #take(text: string): void {
    // A carriage return at the end may be the first half of a line end.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?=[^\n])/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
    for (; this.#rest.length > longest; this.#rest = this.#rest.slice(longest)) {
      this.#onLine(this.#rest.slice(0, longest));
    }
  }
}

/** Of one line no more than this is remembered: the log has the rest. */
const longestKept = 4096;

/** Remembers the last lines, to be shown with a failure. */
export class LastLines {
  readonly #count: number;
  readonly #lines: string[] = [];

  constructor(count = 20) {
    this.#count = count;
  }

  add(line: string): void {
    this.#lines.push(line.length > longestKept ? `${line.slice(0, longestKept)}…` : line);
    if (this.#lines.length > this.#count) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return [...this.#lines];
  }
}
