/** A terminal of so many columns and rows that keeps what a person would see on it. Knows the sequences that reporters use. */
import type { Terminal } from "../../src/report/terminal.ts";

export class FakeTerminal implements Terminal {
  columns: number;
  rows: number;
  cursorHidden = false;
  writes = 0;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;
  #react: ((change: "resized" | "resumed") => void) | undefined;

  constructor(columns = 60, rows = 20) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines ever shown, as scrolled back to. */
  get screen(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.length > 0 && lines.at(-1) === "") lines.pop();
    return lines;
  }

  write(text: string): void {
    this.writes += 1;
    for (const [token] of text.matchAll(/\x1b\[([?\d]*)([a-zA-Z])|[\s\S]/gu)) this.#take(token);
  }

  hideCursor(): void {
    this.cursorHidden = true;
  }

  showCursor(): void {
    this.cursorHidden = false;
  }

  onChange(react: (change: "resized" | "resumed") => void): () => void {
    this.#react = react;
    return () => {
      this.#react = undefined;
      this.showCursor();
    };
  }

  /** Lines longer than the new width wrap, as in most terminals. */
  resize(columns: number): void {
    this.columns = columns;
    const wrapped = this.#lines.map(
      (line) => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""],
    );
    this.#row = wrapped.slice(0, this.#row).reduce((rows, parts) => rows + parts.length, 0);
    this.#lines = wrapped.flat();
    this.#react?.("resized");
  }

  #take(token: string): void {
    if (token === "\n") this.#moveTo(this.#row + 1, 0);
    else if (token === "\r") this.#moveTo(this.#row, 0);
    else if (token.startsWith("\x1b[")) this.#obey(token);
    else this.#put(token);
  }

  #obey(sequence: string): void {
    const count = Number.parseInt(sequence.slice(2), 10) || 1;
    const line = this.#lines[this.#row] ?? "";
    if (sequence.endsWith("A")) this.#moveTo(Math.max(0, this.#row - count), this.#column);
    if (/[KJ]$/.test(sequence)) this.#lines[this.#row] = line.slice(0, this.#column);
    if (sequence.endsWith("J")) this.#lines.length = this.#row + 1;
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#moveTo(this.#row + 1, 0);
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.#lines.length <= row) this.#lines.push("");
  }
}
