/** Reads the names of the targets of a file and their matrices, before any of the targets. */

import type { Axis } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { reservedTargets } from "../reserved.ts";
import type { IndexedTarget } from "../target-index.ts";
import { type Entry, type MapNode, valueAt } from "../yaml/node.ts";
import { readMatrix } from "./read-matrix.ts";
import type { NamedTarget } from "./read-target.ts";
import { entriesOf, placeOf, type Reader } from "./reader.ts";

export const mostMembers = 100_000;
export const targetName = /^[A-Za-z0-9_][\w.-]*$/;
export const nameRule = "use letters, digits, `.`, `-` and `_`, a letter, digit or `_` first";

/** @param index is given each of them */
export function readNames(
  reader: Reader,
  top: MapNode,
  index: Map<string, IndexedTarget>,
): readonly NamedTarget[] {
  const node = valueAt(top, "targets");
  if (node === undefined) {
    if (valueAt(top, "include") !== undefined) return [];
    const at = placeOf(reader, { start: top.start, end: top.start + 1 });
    reader.problems.push(problems.missingKey("a target file", "targets", at));
    return [];
  }
  return entriesOf(reader, node, "`targets`").map((entry) => {
    const name = reader.scope.prefix + entry.key;
    checkName(reader, entry);
    const axes = readAxes(reader, entry);
    const isCheckout = entry.value.kind === "map" && valueAt(entry.value, "git") !== undefined;
    index.set(name, { name, axes, isCheckout });
    return { name, entry, axes };
  });
}

function checkName(reader: Reader, { key, keyAt }: Entry): void {
  if (!targetName.test(key)) {
    const at = placeOf(reader, keyAt);
    reader.problems.push(problems.illegalName("a target", key, at, nameRule));
  } else if (reader.scope.prefix === "" && reservedTargets.has(key)) {
    reader.problems.push(problems.reservedTarget(key, placeOf(reader, keyAt)));
  }
}

function readAxes(reader: Reader, { key, keyAt, value }: Entry): readonly Axis[] {
  const node = value.kind === "map" ? valueAt(value, "matrix") : undefined;
  if (node === undefined) return [];
  const axes = readMatrix(reader, node);
  const size = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (size <= mostMembers) return axes;
  const at = placeOf(reader, keyAt);
  reader.problems.push(problems.matrixTooLarge(key, size, mostMembers, at));
  return axes.map(({ name, values }) => ({ name, values: values.slice(0, 1) }));
}
