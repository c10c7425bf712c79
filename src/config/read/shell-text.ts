/**
 * Turns a command with `${parameters}` into shell text that reads them from variables. The shell
 * sees no value as code, and splits none into words. Does not run anything.
 */
import type { Part } from "../declaration.ts";
import { splitTemplate, type Use } from "./template.ts";

export interface ShellText {
  readonly shell: string;
  readonly variables: Readonly<Record<string, Part>>;
}

/** What a variable must look like where it stands: bare where quotes around it are there or would show. */
type Quoting = "unquoted" | "bare" | "single" | "impossible";

/** `impossible` is told the names that stand where the shell replaces nothing. */
export function shellText(
  text: string,
  use: Use,
  impossible: (name: string, nth: number) => void,
): ShellText {
  const pieces = splitTemplate(text);
  const quoting = quotingOf(
    pieces.map((each) => (each.kind === "text" ? each.text : mark)).join(""),
  );
  const variables = new Map<string, Part>();
  const names = new Map<string, string>();
  let shell = "";
  let index = 0;
  for (const piece of pieces) {
    if (piece.kind === "text") {
      shell += piece.text;
      continue;
    }
    const part = use(piece.name, piece.nth);
    const name = piece.name ?? "";
    const quote = quoting[index++] ?? "unquoted";
    if (quote === "impossible") impossible(name, piece.nth);
    const variable = names.get(name) ?? freeVariable(name, variables);
    names.set(name, variable);
    variables.set(variable, part);
    shell += quotedVariable(variable, quote);
  }
  return { shell, variables: Object.fromEntries(variables) };
}

/** `a-b` and `a_b` are two parameters, and need two variables. */
function freeVariable(name: string, taken: ReadonlyMap<string, unknown>): string {
  const wanted = `tbuild_${name.replace(/[^A-Za-z0-9_]/g, "_")}`;
  let free = wanted;
  for (let number = 2; taken.has(free); number++) free = `${wanted}_${number}`;
  return free;
}

function quotedVariable(variable: string, quoting: Quoting): string {
  if (quoting === "unquoted") return `"\${${variable}}"`;
  return quoting === "single" ? `'"\${${variable}}"'` : `\${${variable}}`;
}

/** Stands for a parameter while the shell's quotes are followed; cannot be typed in YAML. */
const mark = "\0";

/** What ends the innermost construct: a quote, `)`, `))`, a backquote, or the end of the script. */
type Level = "" | "'" | '"' | "`" | ")" | "))";

interface Scan {
  readonly script: string;
  readonly levels: Level[];
  readonly found: Quoting[];
  /** Here-documents that start with the next line. */
  documents: HereDocument[];
}

interface HereDocument {
  readonly end: string;
  readonly quoted: boolean;
  readonly indented: boolean;
}

/** How each mark of a script stands; follows quotes, substitutions, comments and here-documents. */
function quotingOf(script: string): readonly Quoting[] {
  const scan: Scan = { script, levels: [], found: [], documents: [] };
  for (let at = 0; at < script.length; ) at = step(scan, at);
  return scan.found;
}

/** Handles what stands at a place; returns the next place. */
function step(scan: Scan, at: number): number {
  const level = scan.levels.at(-1) ?? "";
  const char = scan.script[at] as string;
  if (level === "'") {
    if (char === mark) scan.found.push("single");
    if (char === "'") scan.levels.pop();
    return at + 1;
  }
  if (char === mark) {
    scan.found.push(level === '"' || level === "))" ? "bare" : "unquoted");
    return at + 1;
  }
  if (char === "\\") return at + 2;
  if (level !== "" && scan.script.startsWith(level, at)) {
    scan.levels.pop();
    return at + level.length;
  }
  return open(scan, at, level) ?? at + 1;
}

/** Enters what begins at a place; undefined when nothing does. */
function open(scan: Scan, at: number, level: Level): number | undefined {
  const { script, levels } = scan;
  const enter = (next: Level, length: number) => {
    levels.push(next);
    return at + length;
  };
  if (script.startsWith("$((", at)) return enter("))", 3);
  if (script.startsWith("$(", at)) return enter(")", 2);
  if (script[at] === "`") return enter("`", 1);
  if (script[at] === '"' && level !== "))") return enter('"', 1);
  if (level === '"') return undefined;
  if (script[at] === "(" && level !== "") return enter(")", 1);
  if (level === "))") return undefined;
  if (script[at] === "'") return enter("'", 1);
  if (script[at] === "#" && /^$|[\s;&|(]/.test(script[at - 1] ?? "")) return comment(scan, at);
  if (script.startsWith("<<", at)) return announceDocument(scan, at);
  if (script[at] === "\n" && scan.documents.length > 0) return skipDocuments(scan, at + 1);
  return undefined;
}

function comment(scan: Scan, at: number): number {
  const feed = scan.script.indexOf("\n", at);
  const end = feed < 0 ? scan.script.length : feed;
  markAll(scan, scan.script.slice(at, end), "bare");
  return end;
}

function announceDocument(scan: Scan, at: number): number | undefined {
  const found = /^<<(-?)[ \t]*(\\?)(['"]?)([^\s'"`;&|()<>\0]+)\3/.exec(
    scan.script.slice(at, at + 200),
  );
  if (found === null || found[4] === undefined) return undefined;
  const quoted = found[2] !== "" || found[3] !== "";
  scan.documents.push({ end: found[4], quoted, indented: found[1] === "-" });
  return at + found[0].length;
}

function skipDocuments(scan: Scan, from: number): number {
  let at = from;
  for (const document of scan.documents) {
    for (let ended = false; !ended && at < scan.script.length; ) {
      const feed = scan.script.indexOf("\n", at);
      const line = scan.script.slice(at, feed < 0 ? undefined : feed);
      ended = (document.indented ? line.replace(/^\t+/, "") : line) === document.end;
      markAll(scan, line, document.quoted ? "impossible" : "bare");
      at = feed < 0 ? scan.script.length : feed + 1;
    }
  }
  scan.documents = [];
  return at;
}

function markAll(scan: Scan, text: string, quoting: Quoting): void {
  for (const char of text) if (char === mark) scan.found.push(quoting);
}
