/**
 * Values of HCL, and marks in them: a mark stands for a variable whose value may be another one tomorrow. What
 * follows from a marked value other than by being part of a text is noted, since it holds for one value only.
 */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value };

/** An expression without a value: a name or function that is not known, or values that do not fit. */
export class NoValue extends Error {
  /** @param message what stands there and why it has no value, in the words of a message */
  constructor(message: string) {
    super(message);
    this.name = "NoValue";
  }
}

const open = "\u0001";
const close = "\u0002";

export const mark = (name: string): string => `${open}${name}${close}`;

const marks = new RegExp(`${open}([^${close}]*)${close}`, "g");

/** Names whose marks a value holds, however deep. */
export function marksIn(value: Value): readonly string[] {
  if (typeof value === "string") return [...value.matchAll(marks)].map((found) => found[1] ?? "");
  if (Array.isArray(value)) return value.flatMap(marksIn);
  return isObject(value) ? Object.values(value).flatMap(marksIn) : [];
}

/** A text with something else in the place of each mark; what is between them goes through `plain`. */
export function replaceMarks(
  text: string,
  replace: (name: string) => string,
  plain: (text: string) => string = (same) => same,
): string {
  return text
    .split(marks)
    .map((part, index) => (index % 2 === 1 ? replace(part) : plain(part)))
    .join("");
}

export const isObject = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new NoValue(
    `${value === null ? "nothing" : isList(value) ? "a list" : "an object"} is no text`,
  );
}
