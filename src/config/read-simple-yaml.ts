/**
 * Reads the plain YAML that target files are mostly written in, many times faster than a full parser.
 * Gives up on anything else and on every mistake: then `read-yaml` reads the file, and words problems.
 *
 * Known here: block mappings and lists, flow ones, plain and quoted texts of one line, `|` and `|-`.
 */
import type { Entry, MapNode, Node, ScalarNode } from "./node.ts";
import { plainScalar, unescaped } from "./simple-scalar.ts";

/** The top mapping, or undefined when the text is not all plain. */
export function readSimpleYaml(text: string): MapNode | undefined {
  if (unusual.test(text)) return undefined;
  try {
    const reader = new SimpleReader(text);
    const top = reader.readTop();
    return top.kind === "map" ? top : undefined;
  } catch (thrown) {
    if (thrown === notSimple) return undefined;
    throw thrown;
  }
}

/** Characters with rules of their own; document marks and directives. */
const unusual = /[\0-\x09\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]|^(?:---|\.\.\.|%)/m;

const notSimple = Symbol("not simple");

function giveUp(): never {
  throw notSimple;
}

const deepest = 50;
/** Beyond this a full parser takes no text for a key. */
const longestKey = 1000;

const blockKey = /(?:([A-Za-z0-9_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)')(?=:(?: |$))/my;
const flowKey = /(?:([A-Za-z0-9_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)')(?=: )/y;
const blockPlain = /[^\s\-?:,[\]{}#&*!|>'"%@`][^\n]*|-[^\s,[\]{}][^\n]*/y;
const flowPlain = /[^\s\-?:,[\]{}#&*!|>'"%@`][^\n,[\]{}]*|-[^\s,[\]{}][^\n,[\]{}]*/y;
const doubleQuoted = /"((?:[^"\\\n]|\\["\\/bfnrt])*)"/y;
const singleQuoted = /'((?:[^'\n]|'')*)'/y;
const spaces = / */y;
const restOfLine = / *(?: #[^\n]*)?(?:\n|$)/y;
const blankLines = /(?: *(?:#[^\n]*)?\n)*(?: *(?:#[^\n]*)?$(?![\s\S]))?/y;

class SimpleReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readTop(): Node {
    const indent = this.#nextLine();
    if (indent !== 0) giveUp();
    const top = this.#block(0);
    if (this.#at < this.#text.length) giveUp();
    return top;
  }

  /** Skips to the next line with something on it; its indentation, or -1 at the end. */
  #nextLine(): number {
    this.#match(blankLines);
    if (this.#at >= this.#text.length) return -1;
    const lineStart = this.#at;
    spaces.lastIndex = lineStart;
    spaces.test(this.#text);
    return spaces.lastIndex - lineStart;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  /** A mapping or list whose first line is next, at this indentation. */
  #block(indent: number): Node {
    if (++this.#depth > deepest) giveUp();
    const start = this.#at + indent;
    const isList = this.#text[start] === "-" && /[ \n]/.test(this.#text[start + 1] ?? "\n");
    this.#at = start;
    const node = isList ? this.#blockList(indent) : this.#blockMap(indent);
    this.#depth--;
    return node;
  }

  /** Stands at the first key; goes on while lines have the indentation. */
  #blockMap(indent: number): MapNode {
    const start = this.#at;
    const entries: Entry[] = [];
    do {
      const { key, keyAt } = this.#key(blockKey);
      entries.push({ key, keyAt, value: this.#valueOfKey(indent, keyAt) });
    } while (this.#isNext(indent));
    checkUnique(entries);
    return { kind: "map", entries, start, end: entries.at(-1)?.value.end ?? start };
  }

  /** Whether the next line goes on with a block; one in between is no plain YAML. */
  #isNext(indent: number): boolean {
    const next = this.#nextLine();
    if (next > indent) giveUp();
    if (next < indent) return false;
    this.#at += indent;
    return true;
  }

  #key(pattern: RegExp): Pick<Entry, "key" | "keyAt"> {
    const start = this.#at;
    const found = this.#match(pattern);
    if (found === null) giveUp();
    const key = found[1] ?? found[2] ?? found[3] ?? "";
    if (key.length > longestKey) giveUp();
    const keyAt = { start, end: this.#at };
    this.#at++;
    return { key, keyAt };
  }

  /** What follows `key:`, on the line or below it. */
  #valueOfKey(indent: number, keyAt: Entry["keyAt"]): Node {
    this.#match(spaces);
    if (!this.#endOfLine()) return this.#inline(indent);
    const next = this.#nextLine();
    if (next > indent) return this.#block(next);
    const isList =
      next === indent && /^- /.test(this.#text.slice(this.#at + next, this.#at + next + 2));
    return isList
      ? this.#block(next)
      : { kind: "scalar", value: null, text: "", start: keyAt.start, end: keyAt.end };
  }

  /** Whether nothing but a comment is left of the line, which is then passed. */
  #endOfLine(): boolean {
    const char = this.#text[this.#at];
    // A comment that follows `key: ` has its space behind it.
    if (char === "#") {
      const feed = this.#text.indexOf("\n", this.#at);
      this.#at = feed < 0 ? this.#text.length : feed + 1;
      return true;
    }
    if (char !== undefined && char !== "\n") return false;
    this.#at = Math.min(this.#at + 1, this.#text.length);
    return true;
  }

  #blockList(indent: number): Node {
    const start = this.#at;
    const items: Node[] = [];
    do {
      if (this.#text[this.#at] !== "-" || this.#text[this.#at + 1] !== " ") {
        // At the indentation of its key, a list ends where the next key begins.
        if (items.length === 0) giveUp();
        this.#at -= indent;
        break;
      }
      items.push(this.#item(indent));
    } while (this.#isNext(indent));
    return { kind: "list", items, start, end: items.at(-1)?.end ?? start };
  }

  /** What follows `-`: a value on the line, or a mapping that begins there. */
  #item(indent: number): Node {
    const dash = this.#at;
    this.#at++;
    this.#match(spaces);
    const column = indent + this.#at - dash;
    blockKey.lastIndex = this.#at;
    if (!blockKey.test(this.#text)) return this.#inline(indent);
    if (++this.#depth > deepest) giveUp();
    const map = this.#blockMap(column);
    this.#depth--;
    return map;
  }

  /** A value that begins on the line; what is in it may be indented no less than `indent` says. */
  #inline(indent: number): Node {
    const char = this.#text[this.#at];
    if (char === "|") return this.#literal(indent);
    const node =
      char === "[" || char === "{" ? this.#flow(indent) : (this.#quoted() ?? this.#blockScalar());
    if (this.#match(restOfLine) === null) giveUp();
    return node;
  }

  #quoted(): ScalarNode | undefined {
    const start = this.#at;
    const char = this.#text[start];
    if (char !== '"' && char !== "'") return undefined;
    const found = this.#match(char === '"' ? doubleQuoted : singleQuoted);
    if (found === null) giveUp();
    const raw = found[1] ?? "";
    const text = char === "'" ? raw.replaceAll("''", "'") : unescaped(raw);
    return { kind: "scalar", value: text, text, start, end: this.#at };
  }

  #blockScalar(): ScalarNode {
    const start = this.#at;
    const found = this.#match(blockPlain)?.[0] ?? giveUp();
    const comment = found.indexOf(" #");
    const text = (comment < 0 ? found : found.slice(0, comment)).replace(/ +$/, "");
    if (text.includes(": ") || text.endsWith(":")) giveUp();
    this.#at = start + text.length;
    return plainScalar(text, start) ?? giveUp();
  }

  /** `|` or `|-`: lines as they stand. */
  #literal(indent: number): ScalarNode {
    const start = this.#at;
    const header = this.#match(/\|(-?)\n/y);
    if (header === null) giveUp();
    const first = /[^ \n]/g;
    first.lastIndex = this.#at;
    const content = first.exec(this.#text)?.index ?? giveUp();
    const lineStart = this.#text.lastIndexOf("\n", content) + 1;
    const inner = content - lineStart;
    if (inner <= indent || this.#at !== lineStart) giveUp();
    const lines: string[] = [];
    let end = this.#at;
    while (this.#at < this.#text.length) {
      const feed = this.#text.indexOf("\n", this.#at);
      const stop = feed < 0 ? this.#text.length : feed;
      const line = this.#text.slice(this.#at, stop);
      const shown = line.search(/[^ ]/);
      if (shown >= 0 && shown < inner) break;
      // Whether such lines count is told by rules of their own.
      if (shown < 0 && line.length > 0) giveUp();
      lines.push(line.slice(inner));
      end = stop;
      this.#at = Math.min(stop + 1, this.#text.length);
    }
    if (lines.at(-1) === "" || this.#text[end] !== "\n") return giveUp();
    const text = lines.join("\n") + (header[1] === "-" ? "" : "\n");
    return { kind: "scalar", value: text, text, start, end: end + 1 };
  }

  /** `[…]` or `{…}`; its lines are indented more than `indent`. */
  #flow(indent: number): Node {
    if (++this.#depth > deepest) giveUp();
    const start = this.#at++;
    const isMap = this.#text[start] === "{";
    const close = isMap ? "}" : "]";
    const items: Node[] = [];
    const entries: Entry[] = [];
    for (this.#space(indent); this.#text[this.#at] !== close; ) {
      if (isMap) entries.push(this.#flowEntry(indent));
      else items.push(this.#flowValue(indent));
      this.#space(indent);
      if (this.#text[this.#at] === ",") {
        this.#at++;
        this.#space(indent);
      } else if (this.#text[this.#at] !== close) giveUp();
    }
    this.#at++;
    this.#depth--;
    if (!isMap) return { kind: "list", items, start, end: this.#at };
    checkUnique(entries);
    return { kind: "map", entries, start, end: this.#at };
  }

  #flowEntry(indent: number): Entry {
    const entry = this.#key(flowKey);
    this.#match(spaces);
    return { ...entry, value: this.#flowValue(indent) };
  }

  #flowValue(indent: number): Node {
    const char = this.#text[this.#at];
    if (char === "[" || char === "{") return this.#flow(indent);
    const quoted = this.#quoted();
    if (quoted !== undefined) {
      // What follows a quoted text without a space may make a key of it.
      return /[ ,\]}\n]/.test(this.#text[this.#at] ?? "") ? quoted : giveUp();
    }
    const start = this.#at;
    const text = (this.#match(flowPlain)?.[0] ?? giveUp()).replace(/ +$/, "");
    if (text.includes(": ") || text.endsWith(":") || text.includes(" #")) giveUp();
    this.#at = start + text.length;
    return plainScalar(text, start) ?? giveUp();
  }

  /** Space and line ends between the parts of a flow collection; comments there are not plain. */
  #space(indent: number): void {
    this.#match(spaces);
    while (this.#text[this.#at] === "\n") {
      const lineStart = ++this.#at;
      this.#match(spaces);
      if (this.#text[this.#at] !== "\n" && this.#at - lineStart <= indent) giveUp();
    }
  }
}

/** Keys that stand twice are a mistake, which another words. */
function checkUnique(entries: readonly Entry[]): void {
  if (entries.length > 1 && new Set(entries.map(({ key }) => key)).size < entries.length) giveUp();
}
