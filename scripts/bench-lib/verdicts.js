// The figures that tbuild is to reach, and whether it did; printed last, misses first.
import { table } from "./table.js";

export class Verdicts {
  #found = [];

  /**
   * @param what the figure in words
   * @param found the number, or undefined where nothing came of it within the limit
   * @param most what it may be at most (or, with `least`, at least)
   */
  judge(what, found, { most, least, unit = "" }) {
    const bound = most ?? least;
    const met = found !== undefined && (most !== undefined ? found <= most : found >= least);
    const shown = (number) => `${number < 10 ? number.toFixed(2) : number.toFixed(0)}${unit}`;
    this.#found.push({
      met,
      row: [
        what,
        `${most !== undefined ? "at most" : "at least"} ${shown(bound)}`,
        found === undefined ? "nothing within the limit" : shown(found),
        met ? "met" : "**missed**",
      ],
    });
  }

  toString() {
    if (this.#found.length === 0) return "";
    const sorted = [...this.#found].sort((a, b) => Number(a.met) - Number(b.met));
    return table([["figure", "asked for", "found", ""], ...sorted.map(({ row }) => row)]);
  }
}
