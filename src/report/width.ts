/**
 * How many terminal columns a text takes, and cutting it to fit. Colours are put on afterwards: a
 * text with escape sequences is not what this file measures.
 */
import { stripVTControlCharacters } from "node:util";

/** Columns that a text without escape sequences takes on a terminal. */
export function columnsOf(text: string): number {
  if (isPrintableAscii(text)) return text.length;
  let columns = 0;
  for (const grapheme of graphemesOf(text)) columns += columnsOfGrapheme(grapheme);
  return columns;
}

/** The text, cut to so many columns with `…` at the end where it is longer. */
export function clip(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    const wide = columnsOfGrapheme(grapheme);
    if (used + wide > columns - 1) break;
    kept += grapheme;
    used += wide;
  }
  return `${kept}…`;
}

/** The text, filled with spaces up to so many columns. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/**
 * A line of a command as it may be shown: no escape sequences, since a log must not be able to move
 * the cursor or rename the window; of a progress bar redrawn with carriage returns, the last state.
 */
export function printable(line: string): string {
  if (isPrintableAscii(line)) return line;
  const last =
    line
      .replace(/[\r\n]+$/, "")
      .split("\r")
      .at(-1) ?? "";
  const plain = stripVTControlCharacters(last).replaceAll("\t", "  ");
  return plain.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** A line of a program is shown up to here: minified code, progress bars and bytes have no end. */
const longestShown = 400;

/** As `printable`, and cut where it is very long; the whole of it is in the log. */
export function shownLine(line: string): string {
  return clip(
    printable(line.length > 4 * longestShown ? line.slice(0, 4 * longestShown) : line),
    longestShown,
  );
}

const isPrintableAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

let segmenter: Intl.Segmenter | undefined;

function* graphemesOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

function columnsOfGrapheme(grapheme: string): number {
  if (/^[\p{Mark}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** East Asian Wide and Fullwidth of Unicode's EastAsianWidth.txt, neighbouring blocks joined; emoji apart. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2fb],
  [0x20000, 0x3fffd],
];

const isWide = (code: number): boolean =>
  code >= 0x1100 && wideRanges.some(([from, to]) => code >= from && code <= to);
