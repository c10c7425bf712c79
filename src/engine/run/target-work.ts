/** Checks and runs the targets of one build for the scheduler, and tells the reporter. */

import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import { isFinal, type TargetState } from "../../model/state.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import type { BuildRoom } from "../build-room.ts";
import { findReason } from "../fresh/find-reason.ts";
import { findLoss, isGone, type LostArtifact, watched } from "../fresh/lost-artifacts.ts";
import { inputsOf, type Reading, readTarget } from "../fresh/read-target.ts";
import { traceKey } from "../fresh/trace-key.ts";
import { alternativesOf, nextChoice, partsOfChoice } from "../plan/alternatives.ts";
import { announcementOf } from "../plan/announcement.ts";
import { shownTitle } from "../plan/shown-title.ts";
import { takeAlternative } from "../plan/take-alternative.ts";
import { lostAgainProblem, lostProblem } from "../problems.ts";
import { isExclusive } from "../schedule/is-exclusive.ts";
import type { CheckResult, RunEnd, Work } from "../schedule/scheduler-parts.ts";
import { TargetRuns } from "./target-runs.ts";

export class TargetWork implements Work {
  readonly #room: BuildRoom;
  readonly #readings = new Map<TargetName, Reading>();
  readonly #runs: TargetRuns;
  readonly #counts;
  readonly #problems: Diagnostic[] = [];

  constructor(room: BuildRoom) {
    this.#room = room;
    this.#runs = new TargetRuns(room);
    this.#counts = { built: 0, restored: 0, fresh: this.settled, failed: 0, skipped: 0 };
  }

  /** Those of them that an earlier plan tells to be fresh. */
  get settled(): number {
    return this.#room.settled?.made ?? 0;
  }

  /** Targets that count: those with something to make. */
  get total(): number {
    const { plan } = this.#room;
    return plan.targets().filter(counts).length + this.settled - plan.unsettled;
  }

  get counts() {
    return { ...this.#counts, problems: this.#problems };
  }

  /** Tells of alternatives that were settled while planning. */
  announceChoices(): void {
    const { plan, settled, reporter } = this.#room;
    for (const choice of settled?.settledChoices() ?? []) reporter.report(choice);
    for (const target of plan.targets()) this.#announce(target);
  }

  isExclusive(target: Target): boolean {
    return isExclusive(target);
  }

  async check(target: Target): Promise<CheckResult> {
    try {
      if (!target.rule) return { kind: "fresh", artifacts: [] };
      if (target.rule.kind === "first-of") return this.#checkFirstOf(target);
      return await this.#checkRule(target);
    } catch (error) {
      return this.#checkFailed(target, error);
    }
  }

  /** What it reads of others may be gone: then that is what is wrong. */
  async #checkFailed(target: Target, error: unknown): Promise<CheckResult> {
    const problem = error instanceof DiagnosticError ? error.diagnostic : undefined;
    // Cut short in the middle of large files: the scheduler cancels what is not final.
    if (!problem && this.#room.signal.aborted) return { kind: "waits" };
    if (!problem && !isGone(error)) throw error;
    const loss = await findLoss(watched(target, this.#room.plan), this.#room);
    if (loss) return loss;
    if (!problem) throw error;
    return { kind: "problem", problem };
  }

  run(target: Target, reason: StaleReason): Promise<RunEnd> {
    return this.#runs.run(target, reason, this.#readings.get(target.name));
  }

  lost({ producer, reason }: LostArtifact, by: Target): void {
    const { plan, reporter, services } = this.#room;
    const target = plan.targetNamed(producer);
    const state = plan.stateOf(producer);
    const was = state.kind === "done" ? state.how : "fresh";
    this.#counts[was]--;
    this.#runs.restart(target);
    // A service that runs from it would go on with what is gone.
    services.release(producer);
    reporter.report({
      kind: "artifact-lost",
      target: producer,
      title: shownTitle(target),
      was,
      by: by.name,
      problem: lostProblem(target, by, reason),
    });
  }

  lostAgain({ producer, reason }: LostArtifact, by: Target): Diagnostic {
    return lostAgainProblem(this.#room.plan.targetNamed(producer), by, reason);
  }

  finished(target: Target, state: TargetState): void {
    this.#releaseServices(target);
    this.#readings.delete(target.name);
    const result = this.#runs.resultOf(target);
    if (state.kind === "failed") this.#problems.push(state.problem);
    if (!counts(target) && state.kind !== "failed") return;
    if (counts(target)) this.#count(state);
    this.#room.reporter.report({
      kind: "target-finished",
      target: target.name,
      title: shownTitle(target),
      rule: target.rule?.kind ?? "group",
      outcome: outcomeOf(state),
      seconds: result?.seconds ?? 0,
      artifacts: state.kind === "done" ? state.artifacts : [],
      ...(result?.note !== undefined && { note: result.note }),
      ...(result?.traffic && { traffic: result.traffic }),
      ...(result !== undefined && { log: result.log }),
      ...(state.kind === "failed" && { problem: state.problem }),
      ...(state.kind === "unavailable" && { note: state.why }),
      ...(state.kind === "skipped" && { because: state.because }),
    });
  }

  async #checkRule(target: Target): Promise<CheckResult> {
    const room = this.#room;
    const inputs = inputsOf(target, room.reading);
    const ahead = room.files.readAhead(
      inputs.map((input) => input.path),
      room.signal,
    );
    if (ahead) await ahead;
    const reading = readTarget(target, room.reading, inputs);
    const trace = room.traceOf(target);
    const reason = await findReason(target, reading, room);
    if (!reason) return { kind: "fresh", artifacts: trace?.artifacts ?? [] };
    this.#readings.set(target.name, reading);
    return { kind: "stale", reason };
  }

  /** Its alternative is final: take it, or go on to the next one. */
  #checkFirstOf(target: Target): CheckResult {
    const { plan, project } = this.#room;
    const choice = plan.choiceOf(target.name);
    if (!choice) throw new Error(`${target.name} chose nothing`);
    const chosen = alternativesOf(target)[choice.index];
    const state = chosen === undefined ? undefined : plan.stateOf(chosen);
    if (chosen === undefined || state === undefined)
      throw new Error(`${target.name} has no choice`);
    if (state.kind !== "unavailable") {
      this.#recordChoice(target);
      return { kind: "fresh", artifacts: [] };
    }
    const next = nextChoice(project, target, choice, state.why);
    return this.#takeNext(target, next);
  }

  #takeNext(target: Target, next: ReturnType<typeof nextChoice>): CheckResult {
    const { reporter } = this.#room;
    const { problem } = takeAlternative(target, next, this.#room);
    if (problem) return { kind: "problem", problem };
    reporter.report({ kind: "planned", total: this.total });
    return { kind: "waits" };
  }

  #announce(target: Target): void {
    const { plan, reporter } = this.#room;
    const announcement = announcementOf(target, plan);
    if (announcement) reporter.report(announcement);
  }

  #recordChoice(target: Target): void {
    const { plan, project, traceOf, traces } = this.#room;
    const choice = plan.choiceOf(target.name);
    if (!choice) return;
    const parts = partsOfChoice(project, target, choice);
    const before = traceOf(target);
    if (before && JSON.stringify(before.parts) === JSON.stringify(parts)) return;
    traces.put({
      key: traceKey(project, target),
      target: target.name,
      fingerprint: "sha256:",
      parts,
      artifacts: [],
      seconds: 0,
      finishedAt: Date.now(),
      alternative: choice.index,
    });
  }

  #releaseServices(target: Target): void {
    const { plan, services } = this.#room;
    for (const { target: service } of target.with) {
      const users = plan
        .dependentsOf(service)
        .filter((name) =>
          plan.edgesOf(name).some(({ to, kind }) => to === service && kind === "service"),
        );
      if (users.every((name) => isFinal(plan.stateOf(name)))) services.release(service);
    }
  }

  #count(state: TargetState): void {
    if (state.kind === "done") this.#counts[state.how]++;
    else if (state.kind === "failed") this.#counts.failed++;
    else if (state.kind !== "unavailable") this.#counts.skipped++;
  }
}

/** A group and a `first-of` make nothing of their own. */
const counts = (target: Target): boolean =>
  target.rule !== undefined && target.rule.kind !== "first-of";

function outcomeOf(state: TargetState) {
  switch (state.kind) {
    case "done":
      return state.how;
    case "failed":
      return "failed";
    case "skipped":
      return "skipped";
    case "unavailable":
      return "unavailable";
    default:
      return "cancelled";
  }
}
