/**
 * Takes the targets of a plan from waiting to done: checks each as soon as its dependencies are
 * done, and runs the stale ones, the longest remaining path first, as many at once as there are
 * jobs. How a target is checked and run is not its business.
 */
import { isFinal } from "../../model/state.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import type { Loss } from "../fresh/lost-artifacts.ts";
import type { Plan } from "../plan/plan.ts";
import { Pauses } from "./pauses.ts";
import { Pools } from "./pools.ts";
import type { FinalState, RunEnd, SchedulerOptions, Work } from "./scheduler-parts.ts";
import { type Stale, StaleQueue } from "./stale-queue.ts";

/** Something that removes artifacts all the time must not keep a build from its end. */
const mostLosses = 1;

export class Scheduler {
  readonly #plan: Plan;
  readonly #work: Work;
  readonly #options: SchedulerOptions;
  readonly #pools: Pools;
  readonly #pauses: Pauses<Stale>;
  readonly #queued: StaleQueue;
  /** Whether something was lost since the queue was looked through. */
  #hasLost = false;
  readonly #running = new Map<TargetName, Promise<void>>();
  #exclusiveRuns = false;
  #stopped = false;
  #bug: unknown;

  constructor(plan: Plan, work: Work, options: SchedulerOptions) {
    this.#plan = plan;
    this.#work = work;
    this.#options = options;
    this.#pools = new Pools(options.pools);
    this.#pauses = new Pauses(options.timers);
    this.#queued = new StaleQueue((name) => plan.priorityOf(name));
  }

  /** Runs until every target of the plan is final. Throws only for bugs, after all has ended. */
  async run(): Promise<void> {
    for (;;) {
      await this.#settleReady();
      for (const { target, reason } of this.#pauses.takeDue()) this.#queue(target, reason);
      this.#startQueued();
      if (!this.#mayStart) this.#pauses.clear();
      if (this.#running.size + this.#pauses.size === 0) break;
      await this.#untilSomethingEnds();
      if (this.#bug !== undefined) break;
    }
    await Promise.all(this.#running.values());
    if (this.#bug !== undefined) throw this.#bug;
    this.#cancelRest();
  }

  #untilSomethingEnds(): Promise<void> {
    const paused = this.#pauses.size > 0 ? [this.#pauses.due(this.#options.signal)] : [];
    return Promise.race([...this.#running.values(), ...paused]);
  }

  get #mayStart(): boolean {
    return !this.#stopped && !this.#options.signal.aborted;
  }

  /** Checks do not count as jobs: most targets are fresh and cost a few stats. */
  async #settleReady(): Promise<void> {
    for (let ready = this.#plan.takeReady(); ready.length > 0; ready = this.#plan.takeReady()) {
      for (const target of ready) {
        if (!this.#mayStart) return;
        // Something that it needs may have been lost since it was found to be ready.
        if (!this.#isReady(target)) continue;
        const broken = this.#brokenBy(target);
        if (broken) this.#finish(target, broken);
        else await this.#check(target);
      }
    }
  }

  async #check(target: Target): Promise<void> {
    this.#plan.move(target.name, { kind: "checking" });
    const result = await this.#work.check(target);
    const isCompared = result.kind === "fresh" || result.kind === "stale";
    if (isCompared && !this.#plan.isReady(target.name)) {
      // Something that it needs was lost while it was compared with its trace.
      this.#plan.move(target.name, { kind: "waiting" });
      return;
    }
    switch (result.kind) {
      case "fresh":
        this.#finish(target, { kind: "done", how: "fresh", artifacts: result.artifacts });
        break;
      case "problem":
        this.#finish(target, { kind: "failed", problem: result.problem });
        break;
      case "stale":
        this.#queue(target, result.reason);
        break;
      case "lost":
        this.#lose(target, result);
        break;
      case "waits":
        // Another alternative weighs all targets anew.
        this.#queued.weighAnew();
        break;
    }
  }

  #isReady({ name }: Target): boolean {
    return this.#plan.stateOf(name).kind === "waiting" && this.#plan.isReady(name);
  }

  #queue(target: Target, reason: StaleReason): void {
    this.#plan.move(target.name, { kind: "queued", reason });
    this.#queued.add({ target, reason });
  }

  #startQueued(): void {
    if (this.#hasLost) this.#queued.keep(({ target }) => this.#staysQueued(target));
    this.#hasLost = false;
    while (this.#mayStart && this.#running.size < this.#options.jobs && !this.#exclusiveRuns) {
      const next = this.#takeNext();
      if (!next) return;
      this.#start(next.target, next.reason);
    }
  }

  /** Something that it needs was lost meanwhile: it is checked anew when that is there again. */
  #staysQueued({ name }: Target): boolean {
    if (this.#plan.isReady(name)) return true;
    this.#plan.move(name, { kind: "waiting" });
    return false;
  }

  /**
   * The first one that may start: those behind a target whose pool is full are not held up by it. An
   * exclusive target waits until nothing runs, and nothing else starts while it does.
   */
  #takeNext(): Stale | undefined {
    return this.#queued.take(
      ({ target }) =>
        this.#pools.hasRoom(target) &&
        (this.#running.size === 0 || !this.#work.isExclusive(target)),
    );
  }

  #start(target: Target, reason: StaleReason): void {
    this.#exclusiveRuns = this.#work.isExclusive(target);
    this.#plan.move(target.name, { kind: "running", reason });
    this.#pools.enter(target);
    const ended = this.#work
      .run(target, reason)
      .then((end) => this.#ended({ target, reason }, end))
      .catch((error: unknown) => {
        this.#bug ??= error;
      })
      .finally(() => {
        this.#running.delete(target.name);
        this.#pools.leave(target);
        this.#exclusiveRuns = false;
      });
    this.#running.set(target.name, ended);
  }

  #ended(stale: Stale, end: RunEnd): void {
    switch (end.kind) {
      case "again":
        this.#plan.move(stale.target.name, { kind: "paused", reason: stale.reason });
        this.#pauses.add(stale, end.seconds);
        break;
      case "lost":
        this.#lose(stale.target, end);
        break;
      default:
        this.#finish(stale.target, end);
    }
  }

  /** Has made again what is gone, by those who made it and nobody else; the target waits for that. */
  #lose(target: Target, { lost }: Loss): void {
    if (!this.#mayStart) {
      this.#finish(target, { kind: "cancelled" });
      return;
    }
    // Others may have seen the same before, and may have had it made again by now.
    const current = lost.filter(
      ({ producer, losses }) =>
        this.#plan.stateOf(producer).kind === "done" && this.#plan.lossesOf(producer) === losses,
    );
    const again = current.find(({ losses }) => losses >= mostLosses);
    if (again) {
      const problem = this.#work.lostAgain(again, target);
      this.#finish(target, { kind: "failed", problem });
      return;
    }
    this.#hasLost = true;
    for (const artifact of current) {
      this.#work.lost(artifact, target);
      this.#plan.lose(artifact.producer, artifact.reason);
      const producer = this.#plan.targetNamed(artifact.producer);
      this.#queued.add({ target: producer, reason: artifact.reason });
    }
    this.#plan.move(target.name, { kind: "waiting" });
  }

  #finish(target: Target, end: FinalState): void {
    const state = this.#settled(target, end);
    this.#plan.move(target.name, state);
    if (state.kind === "failed" && !this.#options.keepGoing) this.#stopped = true;
    this.#work.finished(target, state);
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
    this.#queued.clear();
  }
}
