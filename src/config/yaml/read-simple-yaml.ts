/**
 * Reads the plain YAML that target files are mostly written in, many times faster than a full parser.
 * Gives up on anything else and on every mistake: then `read-yaml` reads the file, and words problems.
 *
 * Known here: block mappings and lists, flow ones, plain and quoted texts of one line, `|` and `|-`.
 */
import type { Entry, MapNode, Node } from "./node.ts";
import { blockKey, flowKey, giveUp, notSimple, SimpleCursor } from "./simple-cursor.ts";

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

const deepest = 50;

class SimpleReader {
  readonly #cursor: SimpleCursor;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new SimpleCursor(text);
  }

  readTop(): Node {
    const indent = this.#cursor.nextLine();
    if (indent !== 0) giveUp();
    const top = this.#block(0);
    if (this.#cursor.at < this.#cursor.text.length) giveUp();
    return top;
  }

  /** A mapping or list whose first line is next, at this indentation. */
  #block(indent: number): Node {
    if (++this.#depth > deepest) giveUp();
    const start = this.#cursor.at + indent;
    const isList =
      this.#cursor.text[start] === "-" && /[ \n]/.test(this.#cursor.text[start + 1] ?? "\n");
    this.#cursor.at = start;
    const node = isList ? this.#blockList(indent) : this.#blockMap(indent);
    this.#depth--;
    return node;
  }

  /** Stands at the first key; goes on while lines have the indentation. */
  #blockMap(indent: number): MapNode {
    const start = this.#cursor.at;
    const entries: Entry[] = [];
    do {
      const { key, keyAt } = this.#cursor.key(blockKey);
      entries.push({ key, keyAt, value: this.#valueOfKey(indent, keyAt) });
    } while (this.#isNext(indent));
    checkUnique(entries);
    return { kind: "map", entries, start, end: entries.at(-1)?.value.end ?? start };
  }

  /** Whether the next line goes on with a block; one in between is no plain YAML. */
  #isNext(indent: number): boolean {
    const next = this.#cursor.nextLine();
    if (next > indent) giveUp();
    if (next < indent) return false;
    this.#cursor.at += indent;
    return true;
  }

  /** What follows `key:`, on the line or below it. */
  #valueOfKey(indent: number, keyAt: Entry["keyAt"]): Node {
    this.#cursor.skipSpaces();
    if (!this.#cursor.endOfLine()) return this.#inline(indent);
    const next = this.#cursor.nextLine();
    if (next > indent) return this.#block(next);
    const isList =
      next === indent &&
      /^- /.test(this.#cursor.text.slice(this.#cursor.at + next, this.#cursor.at + next + 2));
    return isList
      ? this.#block(next)
      : { kind: "scalar", value: null, text: "", start: keyAt.start, end: keyAt.end };
  }

  #blockList(indent: number): Node {
    const start = this.#cursor.at;
    const items: Node[] = [];
    do {
      if (
        this.#cursor.text[this.#cursor.at] !== "-" ||
        this.#cursor.text[this.#cursor.at + 1] !== " "
      ) {
        // At the indentation of its key, a list ends where the next key begins.
        if (items.length === 0) giveUp();
        this.#cursor.at -= indent;
        break;
      }
      items.push(this.#item(indent));
    } while (this.#isNext(indent));
    return { kind: "list", items, start, end: items.at(-1)?.end ?? start };
  }

  /** What follows `-`: a value on the line, or a mapping that begins there. */
  #item(indent: number): Node {
    const dash = this.#cursor.at;
    this.#cursor.at++;
    this.#cursor.skipSpaces();
    const column = indent + this.#cursor.at - dash;
    blockKey.lastIndex = this.#cursor.at;
    if (!blockKey.test(this.#cursor.text)) return this.#inline(indent);
    if (++this.#depth > deepest) giveUp();
    const map = this.#blockMap(column);
    this.#depth--;
    return map;
  }

  /** A value that begins on the line; what is in it may be indented no less than `indent` says. */
  #inline(indent: number): Node {
    const char = this.#cursor.text[this.#cursor.at];
    if (char === "|") return this.#cursor.literal(indent);
    const node =
      char === "[" || char === "{"
        ? this.#flow(indent)
        : (this.#cursor.quoted() ?? this.#cursor.blockScalar());
    this.#cursor.passLine();
    return node;
  }

  /** `[…]` or `{…}`; its lines are indented more than `indent`. */
  #flow(indent: number): Node {
    if (++this.#depth > deepest) giveUp();
    const start = this.#cursor.at++;
    const isMap = this.#cursor.text[start] === "{";
    const close = isMap ? "}" : "]";
    const items: Node[] = [];
    const entries: Entry[] = [];
    for (this.#cursor.space(indent); this.#cursor.text[this.#cursor.at] !== close; ) {
      if (isMap) entries.push(this.#flowEntry(indent));
      else items.push(this.#flowValue(indent));
      this.#cursor.space(indent);
      if (this.#cursor.text[this.#cursor.at] === ",") {
        this.#cursor.at++;
        this.#cursor.space(indent);
      } else if (this.#cursor.text[this.#cursor.at] !== close) giveUp();
    }
    this.#cursor.at++;
    this.#depth--;
    if (!isMap) return { kind: "list", items, start, end: this.#cursor.at };
    checkUnique(entries);
    return { kind: "map", entries, start, end: this.#cursor.at };
  }

  #flowEntry(indent: number): Entry {
    const entry = this.#cursor.key(flowKey);
    this.#cursor.skipSpaces();
    return { ...entry, value: this.#flowValue(indent) };
  }

  #flowValue(indent: number): Node {
    const char = this.#cursor.text[this.#cursor.at];
    if (char === "[" || char === "{") return this.#flow(indent);
    const quoted = this.#cursor.quoted();
    if (quoted !== undefined) {
      // What follows a quoted text without a space may make a key of it.
      return /[ ,\]}\n]/.test(this.#cursor.text[this.#cursor.at] ?? "") ? quoted : giveUp();
    }
    return this.#cursor.flowScalar();
  }
}

/** Keys that stand twice are a mistake, which another words. */
function checkUnique(entries: readonly Entry[]): void {
  if (entries.length > 1 && new Set(entries.map(({ key }) => key)).size < entries.length) giveUp();
}
