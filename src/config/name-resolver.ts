/** Tells which targets a name stands for once parameters have values. Knows no rules. */
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { TargetName } from "../model/target.ts";
import { nearest } from "./nearest.ts";
import * as problems from "./problems.ts";
import { checkMember } from "./read-reference.ts";
import { combinations, type IndexedTarget, memberName, parseName } from "./target-index.ts";

export class NameResolver {
  /** Every declared name and every member. */
  readonly families = new Map<string, readonly TargetName[]>();
  readonly #declared = new Map<string, IndexedTarget>();

  constructor(targets: readonly IndexedTarget[]) {
    for (const target of targets) {
      const { name, axes } = target;
      this.#declared.set(name, target);
      const members = combinations(axes).map((values) => memberName(name, values) as TargetName);
      this.families.set(name, members);
      if (axes.length > 0) for (const member of members) this.families.set(member, [member]);
    }
  }

  resolve(name: string, at?: Location): Result<readonly TargetName[]> {
    const found = this.families.get(name);
    return found ? ok(found) : fail(this.unknown(name, at));
  }

  /** The problem of a name that stands for nothing. */
  unknown(name: string, at?: Location): Diagnostic {
    const parsed = parseName(name);
    const target = parsed && this.#declared.get(parsed.family);
    const problem = target && parsed.values && checkMember(target, parsed.values, name, at);
    if (problem !== undefined) return problem;
    const near = nearest(parsed?.family ?? name, this.#declared.keys());
    return at ? problems.unknownTarget(name, at, near) : problems.unknownWanted(name, near);
  }
}
