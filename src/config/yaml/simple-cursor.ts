/**
 * Goes through the text of a file in plain YAML: lines, keys, texts and values. How these make up mappings and
 * lists is told by `read-simple-yaml.ts`.
 */
import type { Entry, ScalarNode } from "./node.ts";
import { plainScalar, unescaped } from "./simple-scalar.ts";

/** Thrown where the text is not plain. */
export const notSimple = Symbol("not simple");

/** @throws `notSimple` */
export function giveUp(): never {
  throw notSimple;
}

/** Beyond this a full parser takes no text for a key. */
const longestKey = 1000;

export const blockKey = /(?:([A-Za-z0-9_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)')(?=:(?: |$))/my;
export const flowKey = /(?:([A-Za-z0-9_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)')(?=: )/y;
const blockPlain = /[^\s\-?:,[\]{}#&*!|>'"%@`][^\n]*|-[^\s,[\]{}][^\n]*/y;
const flowPlain = /[^\s\-?:,[\]{}#&*!|>'"%@`][^\n,[\]{}]*|-[^\s,[\]{}][^\n,[\]{}]*/y;
const doubleQuoted = /"((?:[^"\\\n]|\\["\\/bfnrt])*)"/y;
const singleQuoted = /'((?:[^'\n]|'')*)'/y;
const spaces = / */y;
const restOfLine = / *(?: #[^\n]*)?(?:\n|$)/y;
const blankLines = /(?: *(?:#[^\n]*)?\n)*(?: *(?:#[^\n]*)?$(?![\s\S]))?/y;

export class SimpleCursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Skips to the next line with something on it; its indentation, or -1 at the end. */
  nextLine(): number {
    this.#match(blankLines);
    if (this.at >= this.text.length) return -1;
    const lineStart = this.at;
    spaces.lastIndex = lineStart;
    spaces.test(this.text);
    return spaces.lastIndex - lineStart;
  }

  skipSpaces(): void {
    this.#match(spaces);
  }

  /** Passes what may follow a value on its line: spaces and a comment. */
  passLine(): void {
    if (this.#match(restOfLine) === null) giveUp();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  /** Passes a key and its colon. @param pattern `blockKey` or `flowKey` */
  key(pattern: RegExp): Pick<Entry, "key" | "keyAt"> {
    const start = this.at;
    const found = this.#match(pattern);
    if (found === null) giveUp();
    const key = found[1] ?? found[2] ?? found[3] ?? "";
    if (key.length > longestKey) giveUp();
    const keyAt = { start, end: this.at };
    this.at++;
    return { key, keyAt };
  }

  /** Whether nothing but a comment is left of the line, which is then passed. */
  endOfLine(): boolean {
    const char = this.text[this.at];
    // A comment that follows `key: ` has its space behind it.
    if (char === "#") {
      const feed = this.text.indexOf("\n", this.at);
      this.at = feed < 0 ? this.text.length : feed + 1;
      return true;
    }
    if (char !== undefined && char !== "\n") return false;
    this.at = Math.min(this.at + 1, this.text.length);
    return true;
  }

  /** A text in quotes, if there is one. */
  quoted(): ScalarNode | undefined {
    const start = this.at;
    const char = this.text[start];
    if (char !== '"' && char !== "'") return undefined;
    const found = this.#match(char === '"' ? doubleQuoted : singleQuoted);
    if (found === null) giveUp();
    const raw = found[1] ?? "";
    const text = char === "'" ? raw.replaceAll("''", "'") : unescaped(raw);
    return { kind: "scalar", value: text, text, start, end: this.at };
  }

  /** A plain text up to the end of its line, or to a comment. */
  blockScalar(): ScalarNode {
    const start = this.at;
    const found = this.#match(blockPlain)?.[0] ?? giveUp();
    const comment = found.indexOf(" #");
    const text = (comment < 0 ? found : found.slice(0, comment)).replace(/ +$/, "");
    if (text.includes(": ") || text.endsWith(":")) giveUp();
    this.at = start + text.length;
    return plainScalar(text, start) ?? giveUp();
  }

  /** `|` or `|-`: lines as they stand. */
  literal(indent: number): ScalarNode {
    const start = this.at;
    const header = this.#match(/\|(-?)\n/y);
    if (header === null) giveUp();
    const first = /[^ \n]/g;
    first.lastIndex = this.at;
    const content = first.exec(this.text)?.index ?? giveUp();
    const lineStart = this.text.lastIndexOf("\n", content) + 1;
    const inner = content - lineStart;
    if (inner <= indent || this.at !== lineStart) giveUp();
    const lines: string[] = [];
    let end = this.at;
    while (this.at < this.text.length) {
      const feed = this.text.indexOf("\n", this.at);
      const stop = feed < 0 ? this.text.length : feed;
      const line = this.text.slice(this.at, stop);
      const shown = line.search(/[^ ]/);
      if (shown >= 0 && shown < inner) break;
      // Whether such lines count is told by rules of their own.
      if (shown < 0 && line.length > 0) giveUp();
      lines.push(line.slice(inner));
      end = stop;
      this.at = Math.min(stop + 1, this.text.length);
    }
    if (lines.at(-1) === "" || this.text[end] !== "\n") return giveUp();
    const text = lines.join("\n") + (header[1] === "-" ? "" : "\n");
    return { kind: "scalar", value: text, text, start, end: end + 1 };
  }

  /** Space and line ends between the parts of a flow collection; comments there are not plain. */
  space(indent: number): void {
    this.skipSpaces();
    while (this.text[this.at] === "\n") {
      const lineStart = ++this.at;
      this.skipSpaces();
      if (this.text[this.at] !== "\n" && this.at - lineStart <= indent) giveUp();
    }
  }

  /** A plain text in a flow collection. */
  flowScalar(): ScalarNode {
    const start = this.at;
    const text = (this.#match(flowPlain)?.[0] ?? giveUp()).replace(/ +$/, "");
    if (text.includes(": ") || text.endsWith(":") || text.includes(" #")) giveUp();
    this.at = start + text.length;
    return plainScalar(text, start) ?? giveUp();
  }
}
