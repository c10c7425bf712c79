/** Lets a `first-of` take another alternative, and tells of it. Which one, is decided by the caller. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import type { BuildRoom } from "../build-room.ts";
import type { Choice } from "./alternatives.ts";
import { announcementOf } from "./announcement.ts";
import { planProblems } from "./plan-problems.ts";

export interface Taken {
  /** Targets that are new in the plan, dependencies first. */
  readonly added: readonly Target[];
  /** What keeps the target or one of them from being made: nothing is told then. */
  readonly problem: Diagnostic | undefined;
}

/** The plan grows by what the alternative needs. */
export function takeAlternative(target: Target, next: Choice, room: BuildRoom): Taken {
  const { plan, reporter, traceOf } = room;
  const before = plan.targets().length;
  plan.choose(target.name, next);
  const added = plan.targets().slice(before);
  const problem = [target, ...added].flatMap((planned) => planProblems(planned, room))[0];
  if (problem) return { added, problem };
  plan.prioritise((planned) => traceOf(planned)?.seconds ?? 1);
  const announcement = announcementOf(target, plan);
  if (announcement) reporter.report(announcement);
  return { added, problem };
}
