/** Reads `limits`: how much may be kept between runs. The same words may come from the environment. */
import { type LimitName, type Limits, leastLimit, limitNames } from "../../model/limits.ts";
import { exactSize, parseSize } from "../../model/size.ts";
import * as problems from "../problems/problems.ts";
import type { Entry, Node } from "../yaml/node.ts";
import { checkKeys, entriesOf, placeOf, type Reader } from "./reader.ts";

export const isLimit = (name: string): name is LimitName =>
  (limitNames as readonly string[]).includes(name);

/** Those that are set. */
export function readLimits(reader: Reader, node: Node): Partial<Limits> {
  const entries = entriesOf(reader, node, "`limits`");
  if (node.kind === "map") checkKeys(reader, node, limitNames, "`limits`");
  const found = entries.flatMap((entry) => (isLimit(entry.key) ? readLimit(reader, entry) : []));
  return Object.fromEntries(found);
}

function readLimit(reader: Reader, { key, value }: Entry): readonly (readonly [string, number])[] {
  const size = value.kind === "scalar" ? parseSize(value.text) : undefined;
  if (size !== undefined && size >= leastLimit) return [[key, size]];
  const what = `\`${key}\` of \`limits\``;
  const at = placeOf(reader, value);
  reader.problems.push(
    size === undefined
      ? problems.notASize(what, value, at)
      : problems.limitTooSmall(what, exactSize(leastLimit), at),
  );
  return [];
}
