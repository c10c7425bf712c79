/** The members of a matrix of a bake file. */

import type { DraftTarget } from "../draft.ts";
import { isList, isObject, type Value } from "./hcl/value.ts";
import { axisName, type Member } from "./scopes.ts";

/** Every combination, the last axis first; undefined where it is no object of lists. */
export function membersOf(matrix: Value): readonly Member[] | undefined {
  if (!isObject(matrix)) return undefined;
  let members: readonly (readonly (readonly [string, Value])[])[] = [[]];
  for (const [axis, values] of Object.entries(matrix)) {
    if (!isList(values)) return undefined;
    members = members.flatMap((member) =>
      values.map((value) => [...member, [axis, value] as const]),
    );
  }
  return members.map((member) => ({ values: new Map(member) }));
}

/** What stands between the brackets of a member's name; undefined where a value cannot stand there. */
export function memberWord({ values }: Member): string | undefined {
  const words = [...values.values()];
  const isPlain = words.every((word) => typeof word !== "object" && /^[\w.-]+$/.test(String(word)));
  return isPlain ? words.map(String).join(",") : undefined;
}

/** The one of a target without a matrix. */
export const noMember: Member = { values: new Map() };

export function matrixOf(members: readonly Member[]): Pick<DraftTarget, "matrix"> {
  const [first] = members;
  if (first === undefined || first === noMember) return {};
  const axes = [...first.values.keys()].map((axis) => {
    const values = members.map(({ values }) => String(values.get(axis)));
    return [axisName(axis), [...new Set(values)]] as const;
  });
  return { matrix: Object.fromEntries(axes) };
}
