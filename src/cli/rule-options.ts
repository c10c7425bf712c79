/** What the options for targets of one rule mean for a build: where digests go, and what `clean` removes. */
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import { parseDuration } from "../model/duration-text.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { CommonRequest } from "./request.ts";
import * as problems from "./usage-problems.ts";

export interface RuleRequest {
  /** Absolute. */
  readonly digests?: string;
  /** Keys that take the place of those of every `clean` target. */
  readonly cleaning: Readonly<Record<string, unknown>>;
}

/**
 * @param own values of the options, checked against their choices
 * @throws DiagnosticError for a value that cannot be
 */
export function readRuleOptions(
  own: ReadonlyMap<string, string>,
  { directory, dryRun }: Pick<CommonRequest, "directory" | "dryRun">,
): RuleRequest {
  const [digests, only, age] = [own.get("digests"), own.get("only"), own.get("older-than")];
  const refuse = (problem: Diagnostic): never => {
    throw new DiagnosticError(problem);
  };
  if (digests !== undefined && dryRun) refuse(problems.contradiction("--digests", "--dry-run"));
  if (age !== undefined && parseDuration(age) === undefined)
    refuse(problems.badOptionValue("--older-than", age, "a duration such as `12 h` or `7 d`"));
  return {
    ...(digests !== undefined && { digests: path.resolve(directory, digests) }),
    cleaning: {
      ...(only !== undefined && { only: only.split(",") }),
      ...(age !== undefined && { "older-than": age }),
    },
  };
}

/** The same project, in which `clean` targets have these keys too. */
export function withCleaning(project: Project, cleaning: RuleRequest["cleaning"]): Project {
  if (Object.keys(cleaning).length === 0) return project;
  const targets = new Map<TargetName, Target>(
    [...project.targets].map(([name, target]) => {
      const { rule } = target;
      if (rule?.kind !== "clean") return [name, target];
      return [name, { ...target, rule: { ...rule, fields: { ...rule.fields, ...cleaning } } }];
    }),
  );
  return { ...project, targets };
}
