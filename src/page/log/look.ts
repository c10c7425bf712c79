/** How text of a log looks, as its escape sequences leave it (SGR). How that is shown is decided by others. */

/** One of the sixteen whose looks a theme gives, or one that is meant exactly. */
export type Colour = { readonly kind: "named"; readonly index: number } | ExactColour;

interface ExactColour {
  readonly kind: "exact";
  /** 0 to 255: red, green and blue. */
  readonly rgb: Rgb;
}

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Look {
  readonly bold: boolean;
  readonly faint: boolean;
  readonly italic: boolean;
  readonly underlined: boolean;
  readonly overlined: boolean;
  readonly struck: boolean;
  readonly inverse: boolean;
  readonly colour: Colour | undefined;
  readonly ground: Colour | undefined;
}

export const plain: Look = {
  bold: false,
  faint: false,
  italic: false,
  underlined: false,
  overlined: false,
  struck: false,
  inverse: false,
  colour: undefined,
  ground: undefined,
};

/** The look that a text leaves behind it. What comes before its last reset does not count, and is not read. */
export function lookAfter(look: Look, text: string): Look {
  const reset = Math.max(text.lastIndexOf("\u001b[0m"), text.lastIndexOf("\u001b[m"));
  const rest = reset > 0 ? text.slice(reset) : text;
  if (!rest.includes("\u001b")) return look;
  let next = look;
  for (const [, codes = ""] of rest.matchAll(/\u001b\[([0-9;:]*)m/g))
    next = changedLook(next, codes);
  return next;
}

/** @param codes what stands between `ESC [` and `m`: `1;31`, `38;5;208`, `38:2::255:128:0`, `4:3` */
export function changedLook(look: Look, codes: string): Look {
  const fields = codes.split(";").map((field) => field.split(":").map(Number));
  let next = look;
  for (let at = 0; at < fields.length; at++) {
    const [code = 0, ...own] = fields[at] as readonly number[];
    if (code !== 38 && code !== 48 && code !== 58) next = changedBy(next, code, own);
    else {
      const rest = fields.slice(at + 1).map(([number = 0]) => number);
      const { colour, used } = own.length > 0 ? wideColour(withoutSpace(own)) : wideColour(rest);
      // 58 is the colour of a line below, which has that of its text here.
      if (code !== 58 && colour) next = { ...next, [code === 38 ? "colour" : "ground"]: colour };
      if (own.length === 0) at += used;
    }
  }
  return next;
}

function changedBy(look: Look, code: number, own: readonly number[]): Look {
  if (code === 4) return { ...look, underlined: own[0] !== 0 };
  const simple = simpleCodes[code];
  if (simple) return { ...look, ...simple };
  if (code >= 30 && code <= 37) return { ...look, colour: named(code - 30) };
  if (code >= 90 && code <= 97) return { ...look, colour: named(code - 82) };
  if (code >= 40 && code <= 47) return { ...look, ground: named(code - 40) };
  if (code >= 100 && code <= 107) return { ...look, ground: named(code - 92) };
  return look;
}

const named = (index: number): Colour => ({ kind: "named", index });

/** What blinks stands still, and what hides itself is shown: a log is there to be read. */
const simpleCodes: Readonly<Record<number, Partial<Look>>> = {
  0: plain,
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  7: { inverse: true },
  9: { struck: true },
  21: { underlined: true },
  22: { bold: false, faint: false },
  23: { italic: false },
  24: { underlined: false },
  27: { inverse: false },
  29: { struck: false },
  39: { colour: undefined },
  49: { ground: undefined },
  53: { overlined: true },
  55: { overlined: false },
};

/** `2:SPACE:R:G:B` as the standard has it, `2:R:G:B` as many write it. */
const withoutSpace = ([kind = 0, ...rest]: readonly number[]): readonly number[] =>
  kind === 2 && rest.length > 3 ? [kind, ...rest.slice(1)] : [kind, ...rest];

/** `5;N` of 256 colours, `2;R;G;B` of all; `used`: how many numbers say so. */
function wideColour([kind, ...rest]: readonly number[]): {
  readonly colour: Colour | undefined;
  readonly used: number;
} {
  if (kind === 5) return { colour: ofPalette(byte(rest[0])), used: 2 };
  if (kind !== 2) return { colour: undefined, used: 0 };
  return { colour: exact([byte(rest[0]), byte(rest[1]), byte(rest[2])]), used: 4 };
}

const byte = (number = 0): number => Math.min(255, Math.max(0, number || 0));
const exact = (rgb: Rgb): ExactColour => ({ kind: "exact", rgb });

/** 16 named ones, a cube of six steps a side, 24 greys: as xterm has them. */
function ofPalette(index: number): Colour {
  if (index < 16) return named(index);
  if (index >= 232) {
    const grey = (index - 232) * 10 + 8;
    return exact([grey, grey, grey]);
  }
  const cube = index - 16;
  return exact([step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)]);
}

const step = (level: number): number => (level === 0 ? 0 : 55 + level * 40);
