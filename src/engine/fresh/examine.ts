/** Looks at a plan without running or writing anything: what is fresh, what would run, and why. */
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason, Trace } from "../../model/trace.ts";
import type { BuildRoom } from "../build-room.ts";
import { findReasons } from "./find-reason.ts";
import { readTarget } from "./read-target.ts";

export type Verdict =
  | { readonly kind: "fresh"; readonly trace: Trace | undefined }
  /** Every difference, causes before consequences; there is at least one. */
  | { readonly kind: "stale"; readonly reasons: readonly [StaleReason, ...StaleReason[]] }
  /** A dependency would run; when it makes the same outputs again, this one stays fresh. */
  | { readonly kind: "uncertain"; readonly dependency: TargetName }
  | { readonly kind: "problem"; readonly problem: Diagnostic };

/** Verdicts of all targets in the plan, dependencies before dependents; of groups too. */
export async function examine(room: BuildRoom): Promise<ReadonlyMap<TargetName, Verdict>> {
  const verdicts = new Map<TargetName, Verdict>();
  const isSettled = (name: TargetName): boolean => verdicts.get(name)?.kind === "fresh";
  for (const target of room.plan.targets()) {
    const open = room.plan.edgesOf(target.name).find(({ to }) => !isSettled(to));
    const verdict: Verdict = open
      ? { kind: "uncertain", dependency: open.to }
      : await examineTarget(target, room);
    verdicts.set(target.name, verdict);
    if (verdict.kind === "fresh") settle(target, verdict.trace, room);
  }
  return verdicts;
}

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

function settle(target: Target, trace: Trace | undefined, room: BuildRoom): void {
  room.plan.move(target.name, { kind: "done", how: "fresh", artifacts: trace?.artifacts ?? [] });
}
