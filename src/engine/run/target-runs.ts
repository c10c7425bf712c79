/** Runs stale targets attempt by attempt, and tells the reporter of each. When is decided by the scheduler. */
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import { describeStaleReason, type StaleReason } from "../../model/trace.ts";
import type { BuildRoom } from "../build-room.ts";
import { findLoss, type Watched, watched } from "../fresh/lost-artifacts.ts";
import { type Reading, readTarget, withPins } from "../fresh/read-target.ts";
import { shownTitle } from "../plan/shown-title.ts";
import { type Attempt, Attempts } from "../schedule/attempts.ts";
import { isExclusive } from "../schedule/is-exclusive.ts";
import type { RunEnd } from "../schedule/scheduler-parts.ts";
import { type RunResult, runTarget } from "./run-target.ts";

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
    // It may remove what is still to be kept for others.
    if (isExclusive(target)) await this.#room.cache?.written();
    const attempt = this.#attempts.begin(target);
    if (!attempt) return this.#outOfTime(target);
    this.#tellStart(target, reason, attempt);
    const restored = attempt.before === 0 ? await this.#restore(target, checked) : undefined;
    if (restored) return restored;
    const result = await this.#attempt(target, reason, { attempt, checked, reads });
    if (result.state.kind === "lost") this.#attempts.forgive(target);
    const seconds = attempt.number > 1 ? this.#attempts.secondsOf(target) : result.seconds;
    const note = noteOf(result, attempt);
    this.#results.set(target.name, { ...result, seconds, ...(note !== undefined && { note }) });
    const { state } = result;
    const isLost = state.kind === "failed" || state.kind === "unavailable";
    return isLost ? this.#afterFailure(target, attempt, state) : state;
  }

  /** From the shared cache, where that is asked and has it. */
  async #restore(target: Target, reading: Reading | undefined): Promise<RunEnd | undefined> {
    const { cache, logs, project } = this.#room;
    if (!cache || !reading) return undefined;
    const startedAt = performance.now();
    const { restoreTarget } = await import("../share/restore-target.ts");
    const artifacts = await restoreTarget(target, reading, cache, this.#room);
    this.#room.images.age();
    if (artifacts === undefined) return undefined;
    const note = `from ${cache.use.settings.registry}`;
    const log = logs.open(target.name, true);
    log.line(`# ${target.name}: restored ${note}`);
    log.close();
    const state = { kind: "done" as const, how: "restored" as const, artifacts };
    const seconds = (performance.now() - startedAt) / 1000;
    const shown = path.relative(project.root, log.path);
    this.#results.set(target.name, { state, note, log: shown, seconds });
    return state;
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
      const result = await runTarget({ target, reading, reason, attempt, reads }, this.#room);
      if (result.state.kind === "done") await this.#share(target, reading);
      return result;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      const before = this.#results.get(target.name);
      const log = before?.log ?? "";
      return { state: { kind: "failed", problem: error.diagnostic }, log, seconds: 0 };
    }
  }

  async #share(target: Target, reading: Reading): Promise<void> {
    const { cache } = this.#room;
    if (!cache?.isWritten) return;
    const { shareTarget } = await import("../share/share-target.ts");
    const whole = withPins(reading, target, this.#room.reading);
    shareTarget(target, whole, cache, this.#room);
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
