/** Whether two images would be pushed under one name, as far as declarations tell it before anything runs. */
import type { Output } from "../../model/artifact.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Project, Target, TargetName } from "../../model/target.ts";
import { usageProblem } from "../../rules/problems.ts";
import type { PushValues } from "../../rules/push/push-fields.ts";
import { namesInRegistry } from "../../rules/push/push-names.ts";
import { pushedTwice } from "../../rules/push/push-plan.ts";
import { alternativesOf } from "./alternatives.ts";

type Outputs = ReadonlyMap<TargetName, readonly Output[]>;

/** An image by who makes it: of the alternatives of a target only one is taken. */
interface Named {
  readonly maker: TargetName;
  readonly reference: string;
}

/** One problem for each `push` target. */
export function findPushedTwice(project: Project, outputs: Outputs): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const target of project.targets.values()) {
    if (target.rule?.kind !== "push" || target.missing.length > 0) continue;
    const problem = problemOf(target, project, outputs);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

function problemOf(target: Target, project: Project, outputs: Outputs): Diagnostic | undefined {
  const values = target.rule?.fields as unknown as PushValues;
  const taken = new Map<string, Named>();
  for (const image of imagesOf(values.push, project, outputs)) {
    for (const name of namesInRegistry(values, image.reference)) {
      const other = taken.get(name);
      if (other !== undefined && other.maker !== image.maker) {
        const key = values.tags === undefined ? "push" : "tags";
        return usageProblem(target, key, pushedTwice(other.reference, image.reference, name));
      }
      taken.set(name, image);
    }
  }
  return undefined;
}

function imagesOf(
  names: readonly TargetName[],
  project: Project,
  outputs: Outputs,
): readonly Named[] {
  const found: Named[] = [];
  const seen = new Set<TargetName>();
  const visit = (name: TargetName): void => {
    const target = project.targets.get(name);
    if (target === undefined || seen.has(name)) return;
    seen.add(name);
    for (const output of outputs.get(name) ?? []) {
      if (output.kind !== "image") continue;
      found.push({ maker: target.alternativeOf ?? name, reference: output.reference });
    }
    const behind = target.rule === undefined ? target.needs : alternativesOf(target);
    behind.forEach(visit);
  };
  names.forEach(visit);
  return found;
}
