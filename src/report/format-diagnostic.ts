/**
 * A diagnostic as lines for people: place, message, excerpt with carets, details, hint. Reading the
 * file is left to the function that is passed in.
 */
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import { type Paint, plainPaint } from "./paint.ts";
import { columnsOf, shownLine } from "./width.ts";

/** Line of a file that the user wrote, counted from 1; undefined where it cannot be read. */
export type LineReader = (file: string, line: number) => string | undefined;

export interface DiagnosticStyle {
  readonly paint?: Paint;
  readonly word?: "error" | "warning";
  readonly readLine?: LineReader;
}

/**
 * The lines to print for a problem:
 *
 *     targets.yaml:14:12: error: target `api` needs `bsae`, which is not declared
 *        14 |     needs: [bsae]
 *           |             ^^^^
 *     hint: did you mean `base`?
 */
export function formatDiagnostic(problem: Diagnostic, style: DiagnosticStyle = {}): string[] {
  const { paint = plainPaint, word = "error", readLine } = style;
  const { at, hint, details = [] } = problem;
  const place = at === undefined ? "" : `${at.file}:${at.line}:${at.column}: `;
  const named = word === "error" ? paint.bad(`${word}:`) : paint.warn(`${word}:`);
  return [
    `${paint.strong(place)}${named} ${problem.message}`,
    ...(at === undefined ? [] : excerptOf(at, readLine?.(at.file, at.line), paint)),
    ...details.map((line) => `  ${shownLine(line)}`.trimEnd()),
    ...(hint === undefined ? [] : [`${paint.busy("hint:")} ${hint}`]),
  ];
}

const gutterWidth = 5;
const longestExcerpt = 120;

function excerptOf(at: Location, source: string | undefined, paint: Paint): string[] {
  if (source === undefined) return [];
  const { shown, start, end } = windowOf(source, at);
  const number = String(at.line).padStart(gutterWidth);
  // A tab before the caret stays a tab, so that both lines move alike.
  const before = shown.slice(0, start).replace(/[^\t]+/g, (text) => " ".repeat(columnsOf(text)));
  const carets = "^".repeat(Math.max(1, columnsOf(shown.slice(start, end))));
  return [
    `${paint.dim(`${number} |`)} ${shown}`.trimEnd(),
    `${paint.dim(`${" ".repeat(gutterWidth)} |`)} ${before}${paint.bad(carets)}`,
  ];
}

/** The line, or of a very long one the part around the place; with where the carets go in it. */
function windowOf(source: string, at: Location): { shown: string; start: number; end: number } {
  const line = source.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, " ");
  const start = Math.min(at.column - 1, line.length);
  const end = Math.min(start + Math.max(1, at.length ?? 1), Math.max(line.length, start + 1));
  if (line.length <= longestExcerpt) return { shown: line.trimEnd(), start, end };
  const from = Math.max(0, Math.min(start - 40, line.length - longestExcerpt));
  const to = Math.min(line.length, from + longestExcerpt);
  const head = from > 0 ? "…" : "";
  const shown = `${head}${line.slice(from, to)}${to < line.length ? "…" : ""}`;
  const shift = head.length - from;
  return { shown, start: start + shift, end: Math.min(end, to) + shift };
}
