/** Reads `cache`: which registry is the shared cache. Only the root target file has one. */
import type { DeclaredCache } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { valueAt } from "../yaml/node.ts";
import type { LoadedFile } from "./load-includes.ts";
import { readFlag, readText } from "./read-text.ts";
import { checkKeys, placeOf, wrong } from "./reader.ts";

export function readCache({ reader, top }: LoadedFile): DeclaredCache | undefined {
  const node = valueAt(top, "cache");
  if (node === undefined) return undefined;
  if (node.kind !== "map") return wrong(reader, "`cache`", "a mapping", node);
  checkKeys(reader, node, ["registry", "write"], "`cache`");
  const place = valueAt(node, "registry");
  if (place === undefined) {
    reader.problems.push(problems.missingKey("`cache`", "registry", placeOf(reader, node)));
    return undefined;
  }
  reader.uses.clear();
  const registry = readText(reader, place, "`registry` of `cache`");
  const flag = valueAt(node, "write");
  const write = flag === undefined ? false : readFlag(reader, flag, "`write` of `cache`");
  if (registry === undefined || write === undefined) return undefined;
  return { registry, write, uses: [...reader.uses] };
}
