/** Tells what a build would run, and why, without running or writing anything. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { TargetName } from "../model/target.ts";
import { describeStaleReason } from "../model/trace.ts";
import type { BuildRoom } from "./build-room.ts";
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
    if (!target || !isMade(target)) continue;
    if (verdict.kind === "fresh") fresh++;
    else if (verdict.kind === "problem") problems.push(verdict.problem);
    else tell(name, verdict, room);
  }
  return { fresh, problems };
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
