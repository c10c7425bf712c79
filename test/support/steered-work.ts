/** A scheduler whose work and time a test steers, and the ends that it gives to runs. */
import type { LostArtifact } from "../../src/engine/fresh/lost-artifacts.ts";
import { Plan } from "../../src/engine/plan/plan.ts";
import { Scheduler } from "../../src/engine/schedule/scheduler.ts";
import type { CheckResult, RunEnd, Work } from "../../src/engine/schedule/scheduler-parts.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { TargetState } from "../../src/model/state.ts";
import type { Target } from "../../src/model/target.ts";
import { FakeTimers } from "./fake-timers.ts";
import { graphOf, name } from "./graph.ts";

type End = TargetState & { readonly kind: "done" | "failed" };

export const built: End = { kind: "done", how: "built", artifacts: [] };

export const failed: End = {
  kind: "failed",
  problem: { code: "x", blame: "target", message: "it failed" },
};

/** Work that a test steers: it sees what started, and ends each run itself. */
class SteeredWork implements Work {
  readonly starts: string[] = [];
  readonly ends: string[] = [];
  readonly fresh = new Set<string>();
  readonly exclusive = new Set<string>();
  readonly #endings = new Map<string, (end: RunEnd) => void>();
  #wake: () => void = () => undefined;

  check(target: Target): Promise<CheckResult> {
    if (this.fresh.has(target.name)) return Promise.resolve({ kind: "fresh", artifacts: [] });
    return Promise.resolve({ kind: "stale", reason: { kind: "never-made" } });
  }

  run(target: Target): Promise<RunEnd> {
    this.starts.push(target.name);
    return new Promise<RunEnd>((resolve) => {
      this.#endings.set(target.name, resolve);
      this.#wake();
    });
  }

  isExclusive(target: Target): boolean {
    return this.exclusive.has(target.name);
  }

  finished(target: Target, state: TargetState): void {
    const ran = state.kind === "done" && state.how === "fresh" ? "fresh" : state.kind;
    this.ends.push(`${target.name} ${ran}`);
  }

  lost({ producer }: LostArtifact, by: Target): void {
    this.ends.push(`${producer} lost for ${by.name}`);
  }

  lostAgain({ producer }: LostArtifact, by: Target): Diagnostic {
    const message = `${producer} lost again for ${by.name}`;
    return { code: "artifact-lost-again", blame: "surroundings", message };
  }

  get running(): string[] {
    return [...this.#endings.keys()].sort();
  }

  /** Waits until exactly these run. */
  async untilRunning(...names: string[]): Promise<void> {
    while (this.running.join() !== names.join()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Lets targets succeed, those of one step (`"a b"`) at the same time. */
  async runThrough(...steps: readonly string[]): Promise<void> {
    for (const names of steps.map((step) => step.split(" "))) {
      await this.untilRunning(...names);
      for (const target of names) this.end(target);
    }
  }

  end(target: string, end: RunEnd = built): void {
    const finish = this.#endings.get(target);
    if (!finish) throw new Error(`${target} does not run`);
    this.#endings.delete(target);
    finish(end);
  }
}

/** A scheduler of a graph that waits for `run`, and what a test steers it by. */
export function schedule(
  yaml: Parameters<typeof graphOf>[0],
  wanted: string,
  options: { jobs?: number; keepGoing?: boolean; pools?: ReadonlyMap<string, number> } = {},
) {
  const plan = new Plan(graphOf(yaml), () => ({ index: 0, passedOver: [] }));
  plan.demand([name(wanted)]);
  const work = new SteeredWork();
  const abort = new AbortController();
  const timers = new FakeTimers();
  const scheduler = new Scheduler(plan, work, {
    jobs: 2,
    keepGoing: false,
    signal: abort.signal,
    timers,
    ...options,
  });
  return { plan, work, abort, timers, run: () => scheduler.run() };
}
