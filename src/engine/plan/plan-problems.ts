/** What keeps a planned target from being made, known before anything runs. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { pinKey } from "../../model/pin-key.ts";
import type { Target } from "../../model/target.ts";
import { notLocked } from "../../pins/problems.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import {
  fallbackProblem,
  missingParameterProblem,
  noAlternativeProblem,
  notAServiceProblem,
} from "../problems.ts";
import { alternativesOf } from "./alternatives.ts";
import { askedBy } from "./mentions.ts";

/**
 * Parameters that are missing, names that are to be locked and are not, what its rule kind says of its keys, services that are none, and alternatives
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
  problems.push(...unlocked(target, room));
  const choice = room.plan.choiceOf(target.name);
  const passed = choice?.passedOver[0];
  if (passed && !room.fallback) problems.push(fallbackProblem(target, passed));
  // What the target itself lacks, its alternatives lack too.
  else if (choice && target.missing.length === 0 && choice.index >= alternativesOf(target).length) {
    problems.push(noAlternativeProblem(target, choice.passedOver));
  }
  return problems;
}

/** With `--locked` nobody is asked what a name stands for. */
function unlocked(target: Target, { pins, files, isMade }: BuildRoom): readonly Diagnostic[] {
  if (!pins.isClosed) return [];
  const at = target.places[target.rule?.kind ?? ""] ?? target.declaredAt;
  const by = target.alternativeOf ?? target.name;
  return askedBy(target, files, isMade)
    .filter((asked) => pins.known(asked) === undefined)
    .map((asked) => notLocked(pinKey(asked), pins.lock.path, by, at));
}
