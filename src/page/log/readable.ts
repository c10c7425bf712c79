/**
 * Colours of a log as they can be read on the grounds of the page: as they were meant where the contrast is
 * enough, and no darker or lighter than it takes where it is not. Which scheme is shown is the stylesheet's to say.
 */
import type { Colour, Look, Rgb } from "./look.ts";

/** Values for the custom properties that the stylesheet shows, of the light scheme and of the dark one. */
export type Inks = Readonly<Record<`--${string}`, string>>;

/** @returns undefined where classes of the stylesheet say all */
export function inksOf({ colour, ground, inverse }: Look): Inks | undefined {
  const isSimple = colour?.kind !== "exact" && !ground && !(inverse && colour);
  if (isSimple) return undefined;
  const [light, dark] = [schemes.light, schemes.dark].map((scheme) => {
    const front = colour ? rgbOf(colour) : scheme.text;
    const back = ground ? rgbOf(ground) : scheme.ground;
    const [ink, on] = inverse ? [back, front] : [front, back];
    return { ink: written(readable(ink, on)), on: written(on) };
  });
  return {
    "--ink": light?.ink ?? "",
    "--ink-dark": dark?.ink ?? "",
    ...((ground || inverse) && { "--on": light?.on ?? "", "--on-dark": dark?.on ?? "" }),
  };
}

/** `--text` and `--ground` of the stylesheet. */
const schemes = {
  light: { text: [0x1b, 0x1f, 0x24], ground: [0xff, 0xff, 0xff] },
  dark: { text: [0xe6, 0xe9, 0xed], ground: [0x14, 0x17, 0x1c] },
} as const satisfies Record<string, { readonly text: Rgb; readonly ground: Rgb }>;

/** As xterm has them. */
const namedColours: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

const rgbOf = (colour: Colour): Rgb =>
  colour.kind === "exact" ? colour.rgb : (namedColours[colour.index] as Rgb);

/** What WCAG asks of text. */
const enough = 4.5;
const steps = 20;

/**
 * The ink, or as little of black or white mixed in as makes it stand out. One of these two always does.
 * @internal exported for its test
 */
export function readable(ink: Rgb, on: Rgb): Rgb {
  const end: Rgb = contrast([0, 0, 0], on) > contrast([255, 255, 255], on) ? [0, 0, 0] : white;
  for (let at = 0; at < steps; at++) {
    const mixed = mix(ink, end, at / steps);
    if (contrast(mixed, on) >= enough) return mixed;
  }
  return end;
}

const white: Rgb = [255, 255, 255];

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const [red, green, blue] = from.map((each, at) =>
    Math.round(each + ((to[at] ?? 0) - each) * part),
  );
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** @internal exported for its test */
export function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** As WCAG defines it. */
function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const written = (rgb: Rgb): string =>
  `#${rgb.map((each) => each.toString(16).padStart(2, "0")).join("")}`;
