/** Which rule the keys of a target say that it has, and which of its keys it may not have. Leaves their values to others. */
import * as problems from "../problems/problems.ts";
import type { MapNode } from "../yaml/node.ts";
import { type Kind, placeOf, type Reader, suggest } from "./reader.ts";

/** How it is run: only for what runs. */
export const runKeys = ["timeout", "retries", "pool"];

/** The kind whose main key stands in the target. */
export function ruleOf(reader: Reader, node: MapNode, what: string): Kind | undefined {
  const named = node.entries.flatMap((entry) => {
    const kind = reader.kinds.find((each) => each.kind === entry.key);
    return kind ? [{ kind, entry }] : [];
  });
  // A rule may have a key that is called like another rule.
  const rules = named.filter(
    ({ kind }) => !named.some((other) => other.kind !== kind && kind.kind in other.kind.fields),
  );
  const [first, second] = rules;
  if (first !== undefined && second !== undefined) {
    const names = [first.kind.kind, second.kind.kind];
    reader.problems.push(problems.twoRules(what, names, placeOf(reader, second.entry.keyAt)));
  }
  return first?.kind;
}

export function checkBodyKeys(
  reader: Reader,
  node: MapNode,
  keys: readonly string[],
  kind: Kind | undefined,
): void {
  const own = [...keys, ...Object.keys(kind?.fields ?? {})];
  for (const { key, keyAt } of node.entries) {
    if (own.includes(key)) continue;
    const owners = reader.kinds.filter((each) => Object.hasOwn(each.fields, key));
    // The main key of a second rule has been reported with both names.
    if (kind && owners.some((owner) => owner.kind === key)) continue;
    const at = placeOf(reader, keyAt);
    if (owners.length > 0) {
      const names = owners.map((owner) => owner.kind);
      reader.problems.push(problems.keyOfOtherRule(key, names, kind?.kind ?? "", at));
      continue;
    }
    const candidates = kind ? own : [...own, ...reader.kinds.map((each) => each.kind)];
    const where = kind ? `\`${kind.kind}\`` : "a target";
    reader.problems.push(problems.unknownKey(where, key, at, suggest(reader, key, candidates)));
  }
}

/** A group and a `first-of` run nothing of their own. */
export function checkRunKeys(reader: Reader, node: MapNode, kind: Kind | undefined): void {
  const isFirstOf = kind?.kind === "first-of";
  if (kind !== undefined && !isFirstOf) return;
  for (const { key, keyAt } of node.entries) {
    if (!runKeys.includes(key)) continue;
    reader.problems.push(problems.keyWithoutRule(key, isFirstOf, placeOf(reader, keyAt)));
  }
}
