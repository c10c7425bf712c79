/** Colours of a log: a line with escape sequences as pieces of text with classes and inks. Shows nothing. */
import { changedLook, type Look, lookAfter } from "./look.ts";
import { type Inks, inksOf } from "./readable.ts";

/** Text that looks the same from end to end. */
export interface Piece {
  readonly text: string;
  /** Those of the style sheet; empty for plain text. */
  readonly classes: string;
  /** Where classes do not say it all. */
  readonly inks?: Inks;
}

// Sequences that set looks or move the cursor (CSI), those that carry text of their own (OSC, DCS …) to their
// end, and short ones.
const sequences =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-Z\\^-~])/g;

/** @param look the one that the lines before left */
export function piecesOf(line: string, look: Look): readonly Piece[] {
  const start = startOfLast(line);
  const last = line.slice(start);
  let now = lookAfter(look, line.slice(0, start));
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of last.matchAll(sequences)) {
    add(pieces, last.slice(from, match.index), now);
    from = match.index + match[0].length;
    if (match[2] === "m") now = changedLook(now, match[1] ?? "");
  }
  add(pieces, last.slice(from), now);
  return pieces;
}

/** What is seen of a line, without looks. */
export const textOf = (line: string): string =>
  shown(line.slice(startOfLast(line)).replace(sequences, ""));

/** Of a progress bar that goes back to the start of its line, the last state. */
const startOfLast = (line: string): number => line.lastIndexOf("\r", endOf(line) - 1) + 1;

/** Returns at the end of a line go back over nothing. */
const endOf = (line: string): number => line.replace(/\r+$/, "").length;

/** Characters that would be seen as none, or turn the direction of others, are left out. */
const shown = (text: string): string =>
  text
    .replaceAll("\t", "    ")
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");

function add(pieces: Piece[], text: string, look: Look): void {
  const visible = shown(text);
  if (visible === "") return;
  const inks = inksOf(look);
  pieces.push({ text: visible, classes: classesOf(look, inks), ...(inks && { inks }) });
}

function classesOf({ colour, ground, inverse, ...flags }: Look, inks: Inks | undefined): string {
  const names = Object.entries(flags).flatMap(([name, isOn]) => (isOn ? [`ansi-${name}`] : []));
  if (inks === undefined) {
    if (inverse) names.push("ansi-inverse");
    if (colour?.kind === "named") names.push(`ansi-${colour.index}`);
  } else names.push("ansi-ink", ...(ground || inverse ? ["ansi-ground"] : []));
  return names.join(" ");
}
