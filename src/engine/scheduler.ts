/**
 * Takes the targets of a plan from waiting to done: checks each as soon as its dependencies are
 * done, and runs the stale ones, the longest remaining path first, as many at once as there are
 * jobs. How a target is checked and run is not its business.
 */
import type { Artifact } from "../model/artifact.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { isFinal, type TargetState } from "../model/state.ts";
import type { Target, TargetName } from "../model/target.ts";
import type { StaleReason } from "../model/trace.ts";
import type { Plan } from "./plan.ts";

export type CheckResult =
  | { readonly kind: "fresh"; readonly artifacts: readonly Artifact[] }
  | { readonly kind: "stale"; readonly reason: StaleReason }
  | { readonly kind: "problem"; readonly problem: Diagnostic }
  /** A `first-of` whose alternative is not to be had took another one, and waits for it. */
  | { readonly kind: "waits" };

type FinalState = TargetState & {
  readonly kind: "done" | "failed" | "unavailable" | "skipped" | "cancelled";
};

/** What the scheduler has others do. */
export interface Workers {
  /** Dependencies of the target are done. */
  check(target: Target): Promise<CheckResult>;
  run(target: Target, reason: StaleReason): Promise<FinalState>;
  /** Whether a target must have all jobs for itself. */
  isExclusive(target: Target): boolean;
  started(target: Target, reason: StaleReason): void;
  finished(target: Target, state: FinalState): void;
}

export interface SchedulerOptions {
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
}

export class Scheduler {
  readonly #plan: Plan;
  readonly #workers: Workers;
  readonly #options: SchedulerOptions;
  #queued: { readonly target: Target; readonly reason: StaleReason }[] = [];
  /** Whether the queue is in order: thousands may wait while one starts after the other. */
  #isSorted = true;
  readonly #running = new Map<TargetName, Promise<void>>();
  #exclusiveRuns = false;
  #stopped = false;
  #bug: unknown;

  constructor(plan: Plan, workers: Workers, options: SchedulerOptions) {
    this.#plan = plan;
    this.#workers = workers;
    this.#options = options;
  }

  /** Runs until every target of the plan is final. Throws only for bugs, after all has ended. */
  async run(): Promise<void> {
    for (;;) {
      await this.#settleReady();
      this.#startQueued();
      if (this.#running.size === 0) break;
      await Promise.race(this.#running.values());
      if (this.#bug !== undefined) break;
    }
    await Promise.all(this.#running.values());
    if (this.#bug !== undefined) throw this.#bug;
    this.#cancelRest();
  }

  get #mayStart(): boolean {
    return !this.#stopped && !this.#options.signal.aborted;
  }

  /** Checks do not count as jobs: most targets are fresh and cost a few stats. */
  async #settleReady(): Promise<void> {
    for (let ready = this.#plan.takeReady(); ready.length > 0; ready = this.#plan.takeReady()) {
      for (const target of ready) {
        if (!this.#mayStart) return;
        const broken = this.#brokenBy(target);
        if (broken) this.#finish(target, broken);
        else await this.#check(target);
      }
    }
  }

  async #check(target: Target): Promise<void> {
    this.#plan.move(target.name, { kind: "checking" });
    const result = await this.#workers.check(target);
    switch (result.kind) {
      case "fresh":
        this.#finish(target, { kind: "done", ran: false, artifacts: result.artifacts });
        break;
      case "problem":
        this.#finish(target, { kind: "failed", problem: result.problem });
        break;
      case "stale":
        this.#plan.move(target.name, { kind: "queued", reason: result.reason });
        this.#queued.push({ target, reason: result.reason });
        this.#isSorted = false;
        break;
      case "waits":
        // Another alternative weighs all targets anew.
        this.#isSorted = false;
        break;
    }
  }

  #startQueued(): void {
    this.#sortQueue();
    while (this.#mayStart && this.#running.size < this.#options.jobs && !this.#exclusiveRuns) {
      const next = this.#takeNext();
      if (!next) return;
      this.#start(next.target, next.reason);
    }
  }

  #sortQueue(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    this.#queued.sort(
      (a, b) => this.#plan.priorityOf(b.target.name) - this.#plan.priorityOf(a.target.name),
    );
  }

  /** An exclusive target waits until nothing runs, and nothing else starts while it does. */
  #takeNext() {
    const index = this.#queued.findIndex(
      ({ target }) => this.#running.size === 0 || !this.#workers.isExclusive(target),
    );
    return index < 0 ? undefined : this.#queued.splice(index, 1)[0];
  }

  #start(target: Target, reason: StaleReason): void {
    this.#exclusiveRuns = this.#workers.isExclusive(target);
    this.#plan.move(target.name, { kind: "running", reason });
    this.#workers.started(target, reason);
    const ended = this.#workers
      .run(target, reason)
      .then((state) => this.#finish(target, state))
      .catch((error: unknown) => {
        this.#bug ??= error;
      })
      .finally(() => {
        this.#running.delete(target.name);
        this.#exclusiveRuns = false;
      });
    this.#running.set(target.name, ended);
  }

  #finish(target: Target, end: FinalState): void {
    const state = this.#settled(target, end);
    this.#plan.move(target.name, state);
    if (state.kind === "failed" && !this.#options.keepGoing) this.#stopped = true;
    this.#workers.finished(target, state);
  }

  /** What is not to be had is a failure, unless whoever needs it may take something else. */
  #settled(target: Target, end: FinalState): FinalState {
    if (end.kind !== "unavailable" || this.#plan.mayBePassedOver(target.name)) return end;
    return { kind: "failed", problem: end.problem };
  }

  /** How a target ends whose dependency did not end well; the root of a failure is passed on. */
  #brokenBy(target: Target): FinalState | undefined {
    let cancelled = false;
    for (const { to } of this.#plan.edgesOf(target.name)) {
      const state = this.#plan.stateOf(to);
      if (state.kind === "failed") return { kind: "skipped", because: to };
      if (state.kind === "skipped") return { kind: "skipped", because: state.because };
      // A `first-of` goes on to the next alternative by itself.
      if (state.kind === "unavailable" && target.rule?.kind !== "first-of") return state;
      cancelled ||= state.kind === "cancelled";
    }
    return cancelled ? { kind: "cancelled" } : undefined;
  }

  /** What was not begun, since the build was stopped before it. */
  #cancelRest(): void {
    for (const target of this.#plan.targets()) {
      if (isFinal(this.#plan.stateOf(target.name))) continue;
      this.#finish(target, this.#brokenBy(target) ?? { kind: "cancelled" });
    }
    this.#queued = [];
  }
}
