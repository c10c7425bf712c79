/** Runs stale targets attempt by attempt, and tells the reporter of each. When is decided by the scheduler. */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Target, TargetName } from "../model/target.ts";
import { describeStaleReason, type StaleReason } from "../model/trace.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import type { BuildRoom } from "./build-room.ts";
import { findLoss, type Watched, watched } from "./lost-artifacts.ts";
import { type Reading, readTarget } from "./read-target.ts";
import { type RunResult, runTarget } from "./run-target.ts";
import type { RunEnd } from "./scheduler.ts";
import { shownTitle } from "./shown-title.ts";

interface Known {
  readonly attempt: Attempt;
  readonly checked: Reading | undefined;
  readonly reads: readonly Watched[];
}

type NotMade = RunResult["state"] & { readonly kind: "failed" | "unavailable" };

export class TargetRuns {
  readonly #room: BuildRoom;
  readonly #attempts: Attempts;
  readonly #results = new Map<TargetName, RunResult>();

  constructor(room: BuildRoom) {
    this.#room = room;
    this.#attempts = new Attempts(room.timers);
  }

  /** What it made was lost: it is made again, and what its attempts were before is over. */
  restart(target: Target): void {
    this.#attempts.restart(target);
  }

  /** Of the last attempt, with the seconds of all. */
  resultOf(target: Target): RunResult | undefined {
    return this.#results.get(target.name);
  }

  /** @param checked what the target read when it was found to be stale */
  async run(target: Target, reason: StaleReason, checked: Reading | undefined): Promise<RunEnd> {
    const reads = watched(target, this.#room.plan);
    const loss = await findLoss(reads, this.#room);
    if (loss) return loss;
    const attempt = this.#attempts.begin(target);
    if (!attempt) return this.#outOfTime(target);
    this.#tellStart(target, reason, attempt);
    const result = await this.#attempt(target, reason, { attempt, checked, reads });
    if (result.state.kind === "lost") this.#attempts.forgive(target);
    const seconds = attempt.number > 1 ? this.#attempts.secondsOf(target) : result.seconds;
    const note = noteOf(result, attempt);
    this.#results.set(target.name, { ...result, seconds, ...(note !== undefined && { note }) });
    const { state } = result;
    const isLost = state.kind === "failed" || state.kind === "unavailable";
    return isLost ? this.#afterFailure(target, attempt, state) : state;
  }

  /** What was read at the check holds for the first attempt; a later one may find other inputs. */
  async #attempt(
    target: Target,
    reason: StaleReason,
    { attempt, checked, reads }: Known,
  ): Promise<RunResult> {
    const known = attempt.before === 0 ? checked : undefined;
    try {
      const reading = known ?? readTarget(target, this.#room.reading);
      return await runTarget({ target, reading, reason, attempt, reads }, this.#room);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      const before = this.#results.get(target.name);
      const log = before?.log ?? "";
      return { state: { kind: "failed", problem: error.diagnostic }, log, seconds: 0 };
    }
  }

  #afterFailure(target: Target, attempt: Attempt, state: NotMade): RunEnd {
    const verdict = this.#attempts.after(target, state.problem);
    if (verdict.kind === "enough") return { ...state, problem: verdict.problem };
    this.#tellFailure(target, attempt, state.problem, verdict.seconds);
    return { kind: "again", seconds: verdict.seconds };
  }

  /** The job that it waited for came too late: what the last attempt ended with stands. */
  #outOfTime(target: Target): RunEnd {
    const state = this.#results.get(target.name)?.state;
    if (state?.kind !== "failed" && state?.kind !== "unavailable") {
      throw new Error(`${target.name} is out of time before its first attempt`);
    }
    const verdict = this.#attempts.after(target, state.problem);
    return verdict.kind === "enough" ? { ...state, problem: verdict.problem } : state;
  }

  #tellStart(target: Target, reason: StaleReason, { number, of }: Attempt): void {
    const title = shownTitle(target);
    const { reporter } = this.#room;
    if (number > 1) {
      reporter.report({ kind: "attempt-started", target: target.name, title, attempt: number, of });
      return;
    }
    reporter.report({
      kind: "target-started",
      target: target.name,
      title,
      rule: target.rule?.kind ?? "group",
      reason,
      why: describeStaleReason(reason),
    });
  }

  #tellFailure(target: Target, { number, of }: Attempt, problem: Diagnostic, wait: number): void {
    this.#room.reporter.report({
      kind: "attempt-failed",
      target: target.name,
      title: shownTitle(target),
      attempt: number,
      of,
      problem,
      wait: Math.round(wait * 1000) / 1000,
    });
  }
}

/** A success that took more than one attempt says so. */
function noteOf({ state, note }: RunResult, { number, of }: Attempt): string | undefined {
  if (state.kind !== "done" || number === 1) return note;
  const which = `attempt ${number} of ${of}`;
  return note === undefined ? which : `${note}, ${which}`;
}
