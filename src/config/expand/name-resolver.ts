/** Tells which targets a name stands for once parameters have values. Knows no rules. */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import { nearest } from "../../model/nearest.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { TargetName } from "../../model/target.ts";
import * as problems from "../problems/problems.ts";
import { checkMember } from "../read/read-reference.ts";
import { type IndexedTarget, memberName, memberNames, parseName } from "../target-index.ts";

export class NameResolver {
  readonly #declared: ReadonlyMap<string, IndexedTarget>;
  readonly #members = new Map<string, readonly TargetName[]>();
  /** The values of each key of a matrix. */
  readonly #axes = new Map<string, readonly ReadonlySet<string>[]>();

  constructor(targets: readonly IndexedTarget[]) {
    this.#declared = new Map(targets.map((target) => [target.name, target]));
  }

  /** The targets of a declared name, in the order of the matrix, or of one member; undefined for another name. */
  get(name: string): readonly TargetName[] | undefined {
    const known = this.#members.get(name);
    if (known !== undefined) return known;
    const target = this.#declared.get(name);
    if (target) {
      const members = memberNames(target) as readonly TargetName[];
      this.#members.set(name, members);
      return members;
    }
    return this.#isMember(name) ? [name as TargetName] : undefined;
  }

  resolve(name: string, at?: Location): Result<readonly TargetName[]> {
    const found = this.get(name);
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

  #isMember(name: string): boolean {
    const parsed = parseName(name);
    const target = parsed?.values && this.#declared.get(parsed.family);
    if (!target || !parsed.values || memberName(target.name, parsed.values) !== name) return false;
    const axes = this.#axes.get(target.name) ?? target.axes.map(({ values }) => new Set(values));
    this.#axes.set(target.name, axes);
    const { values } = parsed;
    return axes.length === values.length && axes.every((axis, at) => axis.has(values[at] ?? ""));
  }
}
