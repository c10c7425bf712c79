/** Tells what a build would run, and why, without running or writing anything. */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Target, TargetName } from "../model/target.ts";
import { describeStaleReason } from "../model/trace.ts";
import { alternativesOf } from "./alternatives.ts";
import type { BuildRoom } from "./build-room.ts";
import { findReason } from "./find-reason.ts";
import { readTarget } from "./read-target.ts";

export interface DryRunResult {
  readonly fresh: number;
  readonly problems: readonly Diagnostic[];
}

/**
 * Walks the plan, dependencies first. What depends on a target that would run may stay fresh after
 * all, when that makes the same outputs again: it is told as uncertain.
 */
export async function dryRun(room: BuildRoom): Promise<DryRunResult> {
  const uncertain = new Set<TargetName>();
  const problems: Diagnostic[] = [];
  let fresh = 0;
  for (const target of room.plan.targets()) {
    const before = room.plan.edgesOf(target.name).find(({ to }) => uncertain.has(to));
    if (!isMade(target)) {
      if (before) uncertain.add(target.name);
      else passOn(target, room);
      continue;
    }
    try {
      const why = before
        ? `\`${shownName(before.to, room)}\` would be made first`
        : await whyStale(target, room);
      if (why === undefined) {
        fresh++;
        continue;
      }
      uncertain.add(target.name);
      tell(target, why, before === undefined, room);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(error.diagnostic);
    }
  }
  return { fresh, problems };
}

const isMade = (target: Target): boolean =>
  target.rule !== undefined && target.rule.kind !== "first-of";

async function whyStale(target: Target, room: BuildRoom): Promise<string | undefined> {
  const reading = readTarget(target, room.reading);
  const reason = await findReason(target, reading, room);
  if (reason) return describeStaleReason(reason);
  const artifacts = room.traceOf(target)?.artifacts ?? [];
  room.plan.move(target.name, { kind: "done", ran: false, artifacts });
  return undefined;
}

function passOn(target: Target, room: BuildRoom): void {
  const choice = room.plan.choiceOf(target.name);
  const chosen = choice && alternativesOf(target)[choice.index];
  const from = chosen === undefined ? target.needs : [chosen];
  const artifacts = from.flatMap((name) => room.plan.artifactsOf(name));
  room.plan.move(target.name, { kind: "done", ran: false, artifacts });
}

function tell(target: Target, why: string, certain: boolean, room: BuildRoom): void {
  const rule = target.rule?.kind ?? "group";
  const title = shownName(target.name, room);
  room.reporter.report({ kind: "would-run", target: target.name, title, rule, why, certain });
}

function shownName(name: TargetName, room: BuildRoom): string {
  const target = room.project.targets.get(name);
  return target?.alternativeOf ? `${target.alternativeOf} (${target.title})` : name;
}
