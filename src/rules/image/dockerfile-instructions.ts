/**
 * Cuts a Dockerfile into instructions, as BuildKit does: directives, comments, line continuations
 * and heredocs. What the instructions mean is told by `dockerfile.ts`.
 */

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** What follows, cut at spaces outside of quotes; quotes are kept. */
  readonly words: readonly string[];
  /** Its first line, counted from 0, and the one after its last; heredocs left out. */
  readonly lines: readonly [start: number, end: number];
}

/** All instructions, in order; whether they make sense is left to the build. */
export function readInstructions(text: string): readonly Instruction[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const escaper = escapeCharacter(lines);
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; ) {
    const start = at;
    const { text: logical, next } = logicalLine(lines, at, escaper);
    at = next;
    const [keyword, ...words] = splitWords(logical, escaper);
    if (keyword === undefined) continue;
    found.push({ keyword: keyword.toUpperCase(), words, lines: [start, next] });
    if (/^(run|copy|add)$/i.test(keyword)) at = afterHeredocs(words, lines, at);
  }
  return found;
}

/** Without a pair of quotes around it, or parts of it. */
export const unquote = (word: string): string => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2");

/** The image that `# syntax=…` names, which understands the Dockerfile in place of the engine, and its line. */
export function frontendOf(
  text: string,
): { readonly image: string; readonly line: number } | undefined {
  const directive = directiveOf("syntax", text.replace(/^\uFEFF/, "").split(/\r?\n/));
  const image = directive?.value.split(/\s/, 1)[0];
  return directive && image ? { image, line: directive.line } : undefined;
}

const escapeCharacter = (lines: readonly string[]): string =>
  directiveOf("escape", lines)?.value ?? "\\";

/** A directive counts only above everything else; other directives and the line of a script may stand before it. */
function directiveOf(
  name: string,
  lines: readonly string[],
): { readonly value: string; readonly line: number } | undefined {
  for (const [line, text] of lines.entries()) {
    if (line === 0 && text.startsWith("#!")) continue;
    const directive = /^#\s*([a-z][a-z0-9]*)\s*=\s*(.+?)\s*$/i.exec(text.trimStart());
    if (directive === null) return undefined;
    if (directive[1]?.toLowerCase() === name) return { value: directive[2] ?? "", line };
  }
  return undefined;
}

/** One line with those that continue it; comments and empty lines in between do not end it. */
function logicalLine(
  lines: readonly string[],
  start: number,
  escaper: string,
): { readonly text: string; readonly next: number } {
  const quoted = escaper === "\\" ? "\\\\" : escaper;
  const continued = new RegExp(`(?<!${quoted})${quoted}[ \\t]*$`);
  let text = "";
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] as string;
    if (/^\s*(#|$)/.test(line)) {
      if (text === "") return { text, next: at + 1 };
      continue;
    }
    if (!continued.test(line)) return { text: text + line, next: at + 1 };
    text += line.replace(continued, "");
    if (text === "") text = " ";
  }
  return { text, next: lines.length };
}

function splitWords(text: string, escaper: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === escaper && quote !== "'" && at + 1 < text.length) {
      word += character + text[++at];
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      if (character === quote) quote = "";
      else if (quote === "" && (character === '"' || character === "'")) quote = character;
      word += character;
    }
  }
  return word === "" ? words : [...words, word];
}

/** Line after the texts that `<<NAME` words announce; one that never ends is none. */
function afterHeredocs(words: readonly string[], lines: readonly string[], start: number): number {
  let at = start;
  for (const word of words) {
    const heredoc = /^\d*<<(-?)(["']?)([^<"'\s]+)\2$/.exec(word);
    if (heredoc === null) continue;
    const [, dash, , name] = heredoc;
    const isEnd = (line: string) => (dash === "-" ? line.replace(/^\t+/, "") : line) === name;
    const length = lines.slice(at).findIndex(isEnd);
    if (length >= 0) at += length + 1;
  }
  return at;
}
