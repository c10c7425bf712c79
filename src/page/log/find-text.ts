/** Finds a text in lines of a log, whatever colours stand between its letters. Reads no log. */
import { textOf } from "./ansi.ts";

/** @returns numbers of the lines that have it in any case, the first line being `from` */
export function linesWith(text: string, wanted: string, from: number): readonly number[] {
  const needle = wanted.toLowerCase();
  if (needle === "") return [];
  // Most pieces of a long log have it nowhere: they are not taken apart.
  const hasLooks = text.includes("\u001b") || text.includes("\r") || text.includes("\t");
  if (!hasLooks && !text.toLowerCase().includes(needle)) return [];
  return text
    .split("\n")
    .flatMap((line, at) => (textOf(line).toLowerCase().includes(needle) ? [from + at] : []));
}
