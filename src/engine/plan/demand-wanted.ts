/** Puts the wanted targets into the plan of a build. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { TargetName } from "../../model/target.ts";
import type { BuildRoom } from "../build-room.ts";
import { planProblems } from "./plan-problems.ts";

/** @returns what keeps them from being made */
export function demandWanted(
  wanted: readonly TargetName[],
  room: BuildRoom,
): readonly Diagnostic[] {
  const targets = room.plan.demand(wanted);
  room.plan.prioritise((target) => room.traceOf(target)?.seconds ?? 1);
  return targets.flatMap((target) => planProblems(target, room));
}
