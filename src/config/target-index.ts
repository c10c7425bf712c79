/** The names of all targets of a target file and its includes, and what a reference to one may say. */
import type { Axis } from "./declaration.ts";

export interface IndexedTarget {
  readonly name: string;
  readonly axes: readonly Axis[];
  /** It has the rule `git`. */
  readonly isCheckout?: boolean;
}

export type TargetIndex = ReadonlyMap<string, IndexedTarget>;

/** A name taken apart: `images[agent,bookworm]`. */
export interface ParsedName {
  readonly family: string;
  /** Absent without brackets. */
  readonly values?: readonly string[];
}

/** Undefined for what cannot be a name: brackets that do not close, or not at the end. */
export function parseName(name: string): ParsedName | undefined {
  const open = name.indexOf("[");
  if (open < 0) return name.includes("]") ? undefined : { family: name };
  if (!name.endsWith("]") || name.indexOf("[", open + 1) >= 0) return undefined;
  const values = name.slice(open + 1, -1).split(",");
  return { family: name.slice(0, open), values: values.map((value) => value.trim()) };
}

export const memberName = (family: string, values: readonly string[]): string =>
  values.length === 0 ? family : `${family}[${values.join(",")}]`;

/** Whether a list that gives values of a matrix has none. */
export const isOpen = (axes: readonly Axis[]): boolean =>
  axes.some(({ values, list }) => list !== undefined && values.length === 0);

/**
 * Every combination of a matrix, the last key changing fastest. Of one whose list is not given there is a
 * single one without values: a target that cannot be made, and can say why.
 */
export function combinations(axes: readonly Axis[]): readonly (readonly string[])[] {
  if (isOpen(axes)) return [[]];
  let made: readonly (readonly string[])[] = [[]];
  for (const { values } of axes) {
    made = made.flatMap((start) => values.map((value) => [...start, value]));
  }
  return made;
}

export const memberNames = ({ name, axes }: IndexedTarget): readonly string[] =>
  combinations(axes).map((values) => memberName(name, values));
