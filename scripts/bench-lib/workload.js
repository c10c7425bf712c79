// The work that all tools are given: N copies of files, in groups of ten under one root, or a chain.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";

/**
 * @typedef {object} Workload
 * @property {"flat" | "chain"} shape
 * @property {number} size how many files are copied
 */

/** `07`, `123`: the number of a copy, written as its group and its place in the group. */
export const nameOf = (index) => `${Math.floor(index / 10)}${index % 10}`;

export const indexes = ({ size }) => Array.from({ length: size }, (_, index) => index);

/** Groups with the copies in each; a chain has none. */
export function groupsOf({ shape, size }) {
  if (shape === "chain") return [];
  return Array.from({ length: Math.ceil(size / 10) }, (_, group) => ({
    name: `g${group}`,
    members: Array.from(
      { length: Math.min(10, size - group * 10) },
      (_, place) => group * 10 + place,
    ),
  }));
}

/** What a copy reads: a file of its own, or in a chain what the one before it made. */
export const sourceOf = ({ shape }, index) =>
  shape === "flat" || index === 0 ? `in/${nameOf(index)}` : `out/${nameOf(index - 1)}`;

export const resultOf = (index) => `out/${nameOf(index)}`;

export const isLinked = ({ shape }, index) => shape === "chain" && index > 0;

/** @param prefixOf folder of a copy's files, where a tool wants them apart; ends with a slash */
export function writeInputs(folder, workload, prefixOf = () => "") {
  const made = new Set();
  for (const index of indexes(workload)) {
    const place = `${folder}/${prefixOf(index)}`;
    if (!made.has(place)) {
      made.add(place);
      mkdirSync(`${place}in`, { recursive: true });
      mkdirSync(`${place}out`, { recursive: true });
    }
    if (!isLinked(workload, index)) writeFileSync(`${place}in/${nameOf(index)}`, `file ${index}\n`);
  }
}

/** As if nothing had ever been made. */
export function removeResults(folder, states) {
  for (const name of ["out", ...states])
    rmSync(`${folder}/${name}`, { recursive: true, force: true });
  mkdirSync(`${folder}/out`);
}
