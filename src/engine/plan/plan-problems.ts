/** What keeps a planned target from being made, known before anything runs. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import {
  fallbackProblem,
  missingParameterProblem,
  noAlternativeProblem,
  notAServiceProblem,
} from "../problems.ts";
import { alternativesOf } from "./alternatives.ts";

/**
 * Parameters that are missing, what its rule kind says of its keys, services that are none, and alternatives
 * that are not to be had.
 */
export function planProblems(target: Target, room: BuildRoom): readonly Diagnostic[] {
  const problems = target.missing.map((parameter) =>
    missingParameterProblem(target, parameter, room.project),
  );
  if (target.rule && problems.length === 0) {
    const kind = ruleKindOf(target.rule.kind);
    problems.push(...(kind.check?.(target.rule.fields as never, target) ?? []));
  }
  for (const use of target.with) {
    const declared = room.project.targets.get(use.target);
    if (!declared?.service) problems.push(notAServiceProblem(target, use.target));
  }
  const choice = room.plan.choiceOf(target.name);
  const passed = choice?.passedOver[0];
  if (passed && !room.fallback) problems.push(fallbackProblem(target, passed));
  // What the target itself lacks, its alternatives lack too.
  else if (choice && target.missing.length === 0 && choice.index >= alternativesOf(target).length) {
    problems.push(noAlternativeProblem(target, choice.passedOver));
  }
  return problems;
}
