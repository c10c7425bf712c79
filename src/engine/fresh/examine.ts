/**
 * Looks at a plan without running or writing anything: what is fresh, what would run, and why. Rules that
 * only ask are asked; where what they ask for is not to be had, the plan goes on to the next alternative.
 */
import type { Artifact } from "../../model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason, Trace } from "../../model/trace.ts";
import type { ActOutcome } from "../../rules/rule.ts";
import type { BuildRoom } from "../build-room.ts";
import { alternativesOf, nextChoice } from "../plan/alternatives.ts";
import { takeAlternative } from "../plan/take-alternative.ts";
import { askOutside } from "./ask-outside.ts";
import { findReasons } from "./find-reason.ts";
import { readTarget } from "./read-target.ts";

export type Verdict =
  /** `found`: what somebody outside said to be there. */
  | {
      readonly kind: "fresh";
      readonly trace: Trace | undefined;
      readonly found?: readonly Artifact[];
    }
  /** Every difference, causes before consequences; there is at least one. */
  | { readonly kind: "stale"; readonly reasons: readonly [StaleReason, ...StaleReason[]] }
  /** A dependency would run; when it makes the same outputs again, this one stays fresh. */
  | { readonly kind: "uncertain"; readonly dependency: TargetName }
  /** An alternative that was asked for and is not to be had. */
  | { readonly kind: "unavailable"; readonly why: string; readonly problem: Diagnostic }
  | { readonly kind: "problem"; readonly problem: Diagnostic };

type Verdicts = Map<TargetName, Verdict>;

/** Verdicts of all targets in the plan, dependencies before dependents; of groups too. */
export async function examine(room: BuildRoom): Promise<ReadonlyMap<TargetName, Verdict>> {
  const verdicts: Verdicts = new Map();
  await examineAll(room.plan.targets(), verdicts, room);
  return verdicts;
}

async function examineAll(
  targets: readonly Target[],
  verdicts: Verdicts,
  room: BuildRoom,
): Promise<void> {
  const answers = await askOutside(targets, room);
  for (const target of targets) {
    const problem = await chooseOn(target, verdicts, room);
    const answer = answers.get(target.name);
    const verdict: Verdict = problem
      ? { kind: "problem", problem }
      : (verdictByDependencies(target, verdicts, room) ??
        (answer
          ? verdictOn(answer, room.plan.mayBePassedOver(target.name))
          : await examineTarget(target, room)));
    verdicts.set(target.name, verdict);
    if (verdict.kind === "fresh") settle(target, verdict, room);
  }
}

function verdictOn(answer: ActOutcome, mayBePassedOver: boolean): Verdict {
  switch (answer.kind) {
    case "made":
    case "found":
      return { kind: "fresh", trace: undefined, found: answer.artifacts };
    case "unavailable":
      return orProblem(answer, mayBePassedOver);
    case "failed":
      return { kind: "problem", problem: answer.problem };
  }
}

/** While the alternative that a `first-of` took is not to be had, it takes the next one. */
async function chooseOn(
  target: Target,
  verdicts: Verdicts,
  room: BuildRoom,
): Promise<Diagnostic | undefined> {
  const { plan, project } = room;
  for (;;) {
    const choice = plan.choiceOf(target.name);
    const chosen = choice && alternativesOf(target)[choice.index];
    const verdict = chosen && verdicts.get(chosen);
    if (!choice || verdict?.kind !== "unavailable") return undefined;
    const next = nextChoice(project, target, choice, verdict.why);
    const { added, problem } = takeAlternative(target, next, room);
    if (problem) return problem;
    await examineAll(added, verdicts, room);
  }
}

/** Undefined where all that it needs is fresh. */
function verdictByDependencies(
  { name }: Target,
  verdicts: Verdicts,
  { plan }: BuildRoom,
): Verdict | undefined {
  const edges = plan.edgesOf(name);
  const verdictOf = (to: TargetName) => verdicts.get(to);
  const broken = edges.map(({ to }) => verdictOf(to)).find((it) => it?.kind === "unavailable");
  if (broken?.kind === "unavailable") return orProblem(broken, plan.mayBePassedOver(name));
  const open = edges.find(({ to }) => verdictOf(to)?.kind !== "fresh");
  return open && { kind: "uncertain", dependency: open.to };
}

type Unavailable = Verdict & { readonly kind: "unavailable" };

/** What is not to be had is a problem, unless whoever needs it may take something else. */
const orProblem = (verdict: Unavailable, mayBePassedOver: boolean): Verdict =>
  mayBePassedOver ? verdict : { kind: "problem", problem: verdict.problem };

async function examineTarget(target: Target, room: BuildRoom): Promise<Verdict> {
  if (!isMade(target)) return { kind: "fresh", trace: undefined };
  try {
    const [first, ...others] = await findReasons(target, readTarget(target, room.reading), room);
    if (first) return { kind: "stale", reasons: [first, ...others] };
    return { kind: "fresh", trace: room.traceOf(target) };
  } catch (error) {
    if (error instanceof DiagnosticError) return { kind: "problem", problem: error.diagnostic };
    throw error;
  }
}

/** A group and a `first-of` make nothing of their own. */
export const isMade = (target: Target): boolean =>
  target.rule !== undefined && target.rule.kind !== "first-of";

function settle(
  target: Target,
  { trace, found }: Verdict & { readonly kind: "fresh" },
  room: BuildRoom,
): void {
  const artifacts = found ?? trace?.artifacts ?? [];
  room.plan.move(target.name, { kind: "done", how: "fresh", artifacts });
}
