/** Tells what a build would run, and why, without running or writing anything. */
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import { describeStaleReason } from "../../model/trace.ts";
import type { CleanContext } from "../../rules/clean-context.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import { cleanContext, reportLook } from "../run/clean-context.ts";
import { examine, isMade, type Verdict } from "./examine.ts";

export interface DryRunResult {
  readonly fresh: number;
  readonly problems: readonly Diagnostic[];
}

/** Reports a `would-run` event for each target that is not fresh. */
export async function dryRun(room: BuildRoom): Promise<DryRunResult> {
  const problems: Diagnostic[] = [];
  let fresh = 0;
  for (const [name, verdict] of await examine(room)) {
    const target = room.project.targets.get(name);
    if (!target) continue;
    if (verdict.kind === "problem") problems.push(verdict.problem);
    if (verdict.kind === "problem" || !isMade(target)) continue;
    if (verdict.kind === "fresh") fresh++;
    // The alternative that is taken instead is told.
    else if (verdict.kind === "unavailable") continue;
    else if (ruleOf(target)?.look) problems.push(...(await look(target, room)));
    else tell(name, verdict, room);
  }
  return { fresh, problems };
}

const ruleOf = ({ rule }: Target) => rule && ruleKindOf(rule.kind);

/** What a target would remove, thing by thing, and how much that frees. */
async function look(target: Target, room: BuildRoom): Promise<readonly Diagnostic[]> {
  const { reporter } = room;
  try {
    const found = await ruleOf(target)?.look?.(target.rule?.fields as never, lookContext(room));
    reportLook(target.name, found ?? [], reporter);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return [error.diagnostic];
    throw error;
  }
}

function lookContext({
  project,
  state,
  docker,
  signal,
  traces,
  reporter,
}: BuildRoom): CleanContext {
  return cleanContext({ project, state, docker, signal, traces, reporter }, async () => undefined);
}

function tell(
  name: TargetName,
  verdict: Verdict & { readonly kind: "stale" | "uncertain" },
  room: BuildRoom,
): void {
  const certain = verdict.kind === "stale";
  const why = certain
    ? describeStaleReason(verdict.reasons[0])
    : `\`${shownName(verdict.dependency, room)}\` would be made first`;
  const rule = room.project.targets.get(name)?.rule?.kind ?? "group";
  const title = shownName(name, room);
  room.reporter.report({ kind: "would-run", target: name, title, rule, why, certain });
}

/** What to call a target in messages: an alternative by the target that it belongs to. */
export function shownName(name: TargetName, room: BuildRoom): string {
  const target = room.project.targets.get(name);
  return target?.alternativeOf ? `${target.alternativeOf} (${target.title})` : name;
}
