/** Colours of a log: a line with escape sequences as pieces of text with classes. Shows nothing. */

/** Text that looks the same from end to end. `classes` are those of the style sheet; empty for plain text. */
export interface Piece {
  readonly text: string;
  readonly classes: string;
}

interface Look {
  readonly bold: boolean;
  readonly faint: boolean;
  readonly italic: boolean;
  readonly underlined: boolean;
  readonly inverse: boolean;
  /** 0 to 15: the colours whose names a style sheet can give. */
  readonly colour: number | undefined;
  readonly ground: number | undefined;
}

const plain: Look = {
  bold: false,
  faint: false,
  italic: false,
  underlined: false,
  inverse: false,
  colour: undefined,
  ground: undefined,
};

// Sequences that set looks or move the cursor (CSI), those that carry text of their own (OSC, DCS …) to their
// end, and short ones.
const sequences =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-Z\\^-~])/g;

/** A line begins plain: what the one before left on would need all lines from the first one to be known. */
export function piecesOf(line: string): readonly Piece[] {
  const last = afterReturn(line);
  if (!last.includes("\u001b")) return last === "" ? [] : [{ text: shown(last), classes: "" }];
  const pieces: Piece[] = [];
  let look = plain;
  let from = 0;
  for (const match of last.matchAll(sequences)) {
    add(pieces, last.slice(from, match.index), look);
    from = match.index + match[0].length;
    if (match[2] === "m") look = changed(look, match[1] ?? "");
  }
  add(pieces, last.slice(from), look);
  return pieces;
}

/** What is seen of a line, without looks. */
export const textOf = (line: string): string => shown(afterReturn(line).replace(sequences, ""));

/** Of a progress bar that goes back to the start of its line, the last state. */
function afterReturn(line: string): string {
  const text = line.replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}

/** Characters that would be seen as none, or turn the direction of others, are left out. */
const shown = (text: string): string =>
  text
    .replaceAll("\t", "    ")
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");

function add(pieces: Piece[], text: string, look: Look): void {
  const visible = shown(text);
  if (visible !== "") pieces.push({ text: visible, classes: classesOf(look) });
}

function changed(look: Look, codes: string): Look {
  const numbers = codes.split(/[;:]/).map(Number);
  let next = look;
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = wideColour(numbers.slice(at + 1));
      next = { ...next, [code === 38 ? "colour" : "ground"]: colour };
      at += used;
    } else next = changedBy(next, code);
  }
  return next;
}

function changedBy(look: Look, code: number): Look {
  const simple = simpleCodes[code];
  if (simple) return { ...look, ...simple };
  if (code >= 30 && code <= 37) return { ...look, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...look, colour: code - 82 };
  if (code >= 40 && code <= 47) return { ...look, ground: code - 40 };
  if (code >= 100 && code <= 107) return { ...look, ground: code - 92 };
  return look;
}

const simpleCodes: Readonly<Record<number, Partial<Look>>> = {
  0: plain,
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  4: { underlined: true },
  7: { inverse: true },
  22: { bold: false, faint: false },
  23: { italic: false },
  24: { underlined: false },
  27: { inverse: false },
  39: { colour: undefined },
  49: { ground: undefined },
};

/** `5;N` of 256 colours, `2;R;G;B` of all: told as the nearest of sixteen, which are readable on any ground. */
function wideColour([kind, ...rest]: readonly number[]): {
  colour: number | undefined;
  used: number;
} {
  if (kind === 5) return { colour: ofPalette(rest[0] ?? 0), used: 2 };
  if (kind === 2) return { colour: nearest(rest.slice(0, 3)), used: 4 };
  return { colour: undefined, used: 0 };
}

function ofPalette(index: number): number {
  if (index < 16) return index;
  if (index >= 232) return nearest(Array(3).fill((index - 232) * 10 + 8));
  const cube = index - 16;
  return nearest(
    [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((each) => each * 51),
  );
}

/** Which of red, green and blue are strong, and how strong the strongest is. */
function nearest([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const most = Math.max(red, green, blue);
  if (most < 64) return 0;
  const isOn = (value: number): number => (value > most * 0.6 ? 1 : 0);
  const colour = isOn(red) + 2 * isOn(green) + 4 * isOn(blue);
  return most > 192 ? colour + 8 : colour;
}

function classesOf(look: Look): string {
  const { colour, ground, ...flags } = look;
  const names = Object.entries(flags).flatMap(([name, isOn]) => (isOn ? [`ansi-${name}`] : []));
  if (colour !== undefined) names.push(`ansi-${colour}`);
  if (ground !== undefined) names.push(`ansi-on-${ground}`);
  return names.join(" ");
}
