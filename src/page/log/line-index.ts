/** Where the lines of a log begin, as its bytes come. Eight bytes for each line; keeps no text. */

const newline = 10;

export class LineIndex {
  #starts = new Float64Array(1024);
  #lines = 0;
  #bytes = 0;
  /** Whether the next byte begins a line. */
  #isAtStart = true;

  /** Lines so far, one that has no end yet included. */
  get lines(): number {
    return this.#lines;
  }

  /** How many bytes it has seen: the next piece begins here. */
  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    let from = 0;
    while (from < piece.length) {
      if (this.#isAtStart) this.#push(this.#bytes + from);
      const end = piece.indexOf(newline, from);
      this.#isAtStart = end >= 0;
      from = end < 0 ? piece.length : end + 1;
    }
    this.#bytes += piece.length;
  }

  /** Byte at which a line begins, the first one being 0; that of the end for one that is not there yet. */
  start(line: number): number {
    return line < this.#lines ? (this.#starts[line] ?? 0) : this.#bytes;
  }

  #push(start: number): void {
    if (this.#lines === this.#starts.length) {
      const more = new Float64Array(this.#starts.length * 2);
      more.set(this.#starts);
      this.#starts = more;
    }
    this.#starts[this.#lines] = start;
    this.#lines++;
  }
}
