/** Reads how many targets of a rule kind or of a pool may run at once. */
import type { TargetDeclaration } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { valueAt } from "../yaml/node.ts";
import type { LoadedFile } from "./load-includes.ts";
import { entriesOf, placeOf, type Reader, suggest } from "./reader.ts";

/**
 * The pools of all files. One of the same name in two files is one pool, and the outer file says how
 * large it is. What no rule and no target is called after is a slip.
 */
export function readPools(
  files: readonly LoadedFile[],
  targets: readonly TargetDeclaration[],
): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const all = targets.flatMap((target) => [target, ...alternativesOf(target)]);
  const named = new Set(all.flatMap(({ pool }) => pool ?? []));
  for (const { reader, top } of files) {
    const node = valueAt(top, "pools");
    const entries = node === undefined ? [] : entriesOf(reader, node, "`pools`");
    for (const { key, keyAt, value } of entries) {
      const kinds = reader.kinds.map(({ kind }) => kind).filter((kind) => kind !== "first-of");
      if (!named.has(key) && !kinds.includes(key)) {
        const near = suggest(reader, key, [...kinds, ...named]);
        reader.problems.push(problems.unusedPool(key, placeOf(reader, keyAt), near));
      }
      const size = value.kind === "scalar" && typeof value.value === "number" ? value.value : 0;
      if (Number.isInteger(size) && size >= 1) sizes[key] ??= size;
      else reader.problems.push(problems.poolSize(key, value, placeOf(reader, value)));
    }
  }
  const [root] = files;
  if (root !== undefined) checkNames(root.reader, all, sizes);
  return sizes;
}

/** A rule kind is a pool by itself, even one that nobody gave a size. */
function checkNames(
  reader: Reader,
  targets: readonly TargetDeclaration[],
  sizes: Readonly<Record<string, number>>,
): void {
  const known = new Set([...Object.keys(sizes), ...reader.kinds.map(({ kind }) => kind)]);
  for (const { pool, places, declaredAt } of targets) {
    if (pool === undefined || known.has(pool)) continue;
    const near = suggest(reader, pool, known);
    reader.problems.push(problems.unknownPool(pool, places["pool"] ?? declaredAt, near));
  }
}

function alternativesOf({ fields }: TargetDeclaration): readonly TargetDeclaration[] {
  return Object.values(fields).flatMap((field) =>
    field.type === "alternatives" ? (field.value as readonly TargetDeclaration[]) : [],
  );
}
