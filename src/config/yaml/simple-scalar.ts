/** What a plain or quoted text of simple YAML stands for: text, a number, a flag or nothing. */
import type { ScalarNode } from "./node.ts";

const plainWords: Readonly<Record<string, boolean | null>> = {
  "~": null,
  null: null,
  Null: null,
  NULL: null,
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

const number = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const oddNumber = /^(?:0[xo]|[-+]?\.(?:inf|nan)$)/i;

/** A plain text, or what YAML takes it for; undefined where that follows rules of its own. */
export function plainScalar(text: string, start: number): ScalarNode | undefined {
  const end = start + text.length;
  const code = text.charCodeAt(0);
  // Only texts that begin with a digit, `+`, `-` or `.` can be numbers.
  if ((code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46) {
    if (oddNumber.test(text)) return undefined;
    const value = number.test(text) ? Number(text) : text;
    return { kind: "scalar", value, text, start, end };
  }
  const value = Object.hasOwn(plainWords, text) ? (plainWords[text] as boolean | null) : text;
  return { kind: "scalar", value, text, start, end };
}

/** The escapes that are let through mean the same in JSON. */
export const unescaped = (raw: string): string =>
  raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
