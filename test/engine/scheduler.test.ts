import type { LostArtifact } from "../../src/engine/lost-artifacts.ts";
import { Plan } from "../../src/engine/plan.ts";
import { Scheduler } from "../../src/engine/scheduler.ts";
import type { CheckResult, RunEnd, Workers } from "../../src/engine/scheduler-parts.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { TargetState } from "../../src/model/state.ts";
import type { Target } from "../../src/model/target.ts";
import { FakeTimers } from "../support/fake-timers.ts";
import { graphOf, name } from "../support/graph.ts";

type End = TargetState & { readonly kind: "done" | "failed" };
const built: End = { kind: "done", how: "built", artifacts: [] };
const failed: End = {
  kind: "failed",
  problem: { code: "x", blame: "target", message: "it failed" },
};

/** Workers that a test steers: it sees what started, and ends each run itself. */
class SteeredWorkers implements Workers {
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

  end(target: string, end: RunEnd = built): void {
    const finish = this.#endings.get(target);
    if (!finish) throw new Error(`${target} does not run`);
    this.#endings.delete(target);
    finish(end);
  }
}

function putInPool(plan: Plan, target: string, pool: string): void {
  const declared = plan.graph.project.targets.get(name(target));
  Object.assign(declared as Target, { pool });
}

function schedule(
  yaml: Parameters<typeof graphOf>[0],
  wanted: string,
  options: { jobs?: number; keepGoing?: boolean; pools?: ReadonlyMap<string, number> } = {},
) {
  const plan = new Plan(graphOf(yaml), () => ({ index: 0, passedOver: [] }));
  plan.demand([name(wanted)]);
  const workers = new SteeredWorkers();
  const abort = new AbortController();
  const timers = new FakeTimers();
  const scheduler = new Scheduler(plan, workers, {
    jobs: 2,
    keepGoing: false,
    signal: abort.signal,
    timers,
    ...options,
  });
  return { plan, workers, abort, timers, run: () => scheduler.run() };
}

describe("the scheduler", () => {
  test("runs dependencies before their dependents", async () => {
    const { workers, run } = schedule("all: [a]\na: [b]", "all");
    const done = run();
    for (const target of ["b", "a", "all"]) {
      await workers.untilRunning(target);
      workers.end(target);
    }
    await done;
    expect(workers.ends).toEqual(["b done", "a done", "all done"]);
  });

  test("runs no more at once than there are jobs", async () => {
    const { workers, run } = schedule("all: [a, b, c]", "all");
    const done = run();
    await workers.untilRunning("a", "b");
    workers.end("b");
    await workers.untilRunning("a", "c");
    workers.end("a");
    workers.end("c");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "c", "all"]);
  });

  test("a target of two paths runs once", async () => {
    const { workers, run } = schedule("all: [a, b]\na: [c]\nb: [c]", "all");
    workers.fresh.add("all").add("a").add("b");
    const done = run();
    await workers.untilRunning("c");
    workers.end("c");
    await done;
    expect(workers.starts).toEqual(["c"]);
  });

  test("fresh targets run nothing, whatever the number of jobs", async () => {
    const { workers, run } = schedule("all: [a, b, c, d]", "all", { jobs: 1 });
    for (const target of ["all", "a", "b", "c", "d"]) workers.fresh.add(target);
    await run();
    expect(workers.starts).toEqual([]);
    expect(workers.ends).toHaveLength(5);
  });

  test("starts what the longest remaining path begins with", async () => {
    const { plan, workers, run } = schedule("all: [a, b, c]\nc: [d]", "all", { jobs: 1 });
    const seconds: Record<string, number> = { a: 1, b: 5, c: 9, d: 1, all: 0 };
    plan.prioritise((target) => seconds[target.name] ?? 1);
    const done = run();
    for (const target of ["d", "c", "b", "a", "all"]) {
      await workers.untilRunning(target);
      workers.end(target);
    }
    await done;
    expect(workers.starts).toEqual(["d", "c", "b", "a", "all"]);
  });

  test("after a failure it lets what runs end, and starts nothing more", async () => {
    const { workers, run } = schedule("all: [a, b, c]", "all");
    const done = run();
    await workers.untilRunning("a", "b");
    workers.end("a", failed);
    workers.end("b");
    await done;
    expect(workers.starts).toEqual(["a", "b"]);
    expect(workers.ends.sort()).toEqual(["a failed", "all skipped", "b done", "c cancelled"]);
  });

  test("with keep-going, only what depends on the failed target is left out", async () => {
    const { plan, workers, run } = schedule("all: [a, b, c]\nc: [a]", "all", { keepGoing: true });
    const done = run();
    await workers.untilRunning("a", "b");
    workers.end("a", failed);
    workers.end("b");
    await done;
    expect(workers.ends.sort()).toEqual(["a failed", "all skipped", "b done", "c skipped"]);
    expect(plan.stateOf(name("all"))).toEqual({ kind: "skipped", because: "a" });
  });

  test("aborted, it starts nothing more", async () => {
    const { workers, abort, run } = schedule("all: [a]\na: [b]", "all");
    const done = run();
    await workers.untilRunning("b");
    abort.abort();
    workers.end("b");
    await done;
    expect(workers.ends).toEqual(["b done", "a cancelled", "all cancelled"]);
  });

  test("an exclusive target runs alone", async () => {
    const { workers, run } = schedule("all: [a, clean, b]", "all", { jobs: 3 });
    workers.exclusive.add("clean");
    const done = run();
    await workers.untilRunning("a", "b");
    workers.end("a");
    workers.end("b");
    await workers.untilRunning("clean");
    workers.end("clean");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "clean", "all"]);
  });

  test("a target that waits for another attempt leaves its job to others", async () => {
    const { plan, workers, timers, run } = schedule("all: [a, b]", "all", { jobs: 1 });
    const done = run();
    await workers.untilRunning("a");
    workers.end("a", { kind: "again", seconds: 5 });
    await workers.untilRunning("b");
    expect(plan.stateOf(name("a")).kind).toBe("paused");
    timers.advance(5000);
    workers.end("b");
    await workers.untilRunning("a");
    workers.end("a");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "a", "all"]);
    expect(workers.ends).toEqual(["b done", "a done", "all done"]);
  });

  test("with nothing else to run it waits until the next attempt is due", async () => {
    const { workers, timers, run } = schedule("a: []", "a");
    const done = run();
    await workers.untilRunning("a");
    workers.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    timers.advance(4999);
    expect(workers.running).toEqual([]);
    timers.advance(1);
    await workers.untilRunning("a");
    workers.end("a");
    await done;
    expect(workers.ends).toEqual(["a done"]);
  });

  test("aborted while a target waits for another attempt, it ends at once and cancels it", async () => {
    const { workers, timers, abort, run } = schedule("a: []", "a");
    const done = run();
    await workers.untilRunning("a");
    workers.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    abort.abort();
    await done;
    expect(workers.ends).toEqual(["a cancelled"]);
    expect(timers.waits).toEqual([]);
  });

  test("after a failure elsewhere no other attempt is begun", async () => {
    const { workers, timers, run } = schedule("all: [a, b]", "all");
    const done = run();
    await workers.untilRunning("a", "b");
    workers.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    workers.end("b", failed);
    await done;
    expect(workers.ends).toEqual(["b failed", "a cancelled", "all skipped"]);
  });

  test("a chain of ten thousand is no deeper than the call stack", async () => {
    const links = Array.from({ length: 10_000 }, (_, i) => [`t${i}`, [`t${i + 1}`]] as const);
    const { workers, plan, run } = schedule(Object.fromEntries(links), "t0");
    for (const target of plan.targets()) workers.fresh.add(target.name);
    await run();
    expect(workers.ends).toHaveLength(10_001);
  });
});

describe("an artifact that is lost while a build runs", () => {
  const missing = { kind: "output-missing", output: "x" } as const;
  const lose = (...names: string[]): RunEnd => ({
    kind: "lost",
    lost: names.map((producer) => ({ producer: name(producer), losses: 0, reason: missing })),
  });

  test("is made again by its producer alone, and its reader runs after that", async () => {
    const { workers, run } = schedule("b: [a]\na: [c]", "b");
    workers.fresh.add("c").add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.untilRunning("a");
    workers.end("a");
    await workers.untilRunning("b");
    workers.end("b");
    await done;
    expect(workers.starts).toEqual(["b", "a", "b"]);
    expect(workers.ends).toEqual(["c fresh", "a fresh", "a lost for b", "a done", "b done"]);
  });

  test("is made again once for all who miss it, and who has run with it stays done", async () => {
    const { workers, run } = schedule("all: [b, c, d]\nb: [a]\nc: [a]\nd: [a]", "all", { jobs: 3 });
    const done = run();
    await workers.untilRunning("a");
    workers.end("a");
    await workers.untilRunning("b", "c", "d");
    workers.end("b");
    workers.end("c", lose("a"));
    workers.end("d", lose("a"));
    await workers.untilRunning("a");
    workers.end("a");
    await workers.untilRunning("c", "d");
    workers.end("c");
    workers.end("d");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "c", "d", "a", "c", "d", "all"]);
    expect(workers.ends).toContain("a lost for c");
    expect(workers.ends).not.toContain("a lost for d");
  });

  test("fails who misses it a second time", async () => {
    const { plan, workers, run } = schedule("b: [a]", "b");
    const done = run();
    for (const [target, end] of [
      ["a", built],
      ["b", lose("a")],
      ["a", built],
    ] as const) {
      await workers.untilRunning(target);
      workers.end(target, end);
    }
    await workers.untilRunning("b");
    const lost = [{ producer: name("a"), losses: 1, reason: missing }];
    workers.end("b", { kind: "lost", lost });
    await done;
    expect(plan.stateOf(name("b"))).toMatchObject({
      kind: "failed",
      problem: { message: "a lost again for b" },
    });
    expect(plan.stateOf(name("a")).kind).toBe("done");
  });

  test("that cannot be made again leaves its reader out", async () => {
    const { workers, run } = schedule("b: [a]", "b", { keepGoing: true });
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.untilRunning("a");
    workers.end("a", failed);
    await done;
    expect(workers.ends.slice(-2)).toEqual(["a failed", "b skipped"]);
  });

  test("holds back what waits in the queue, which is checked anew", async () => {
    const { workers, run } = schedule("all: [b, c]\nb: [a]\nc: [a]", "all", { jobs: 1 });
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.untilRunning("a");
    workers.fresh.add("c");
    workers.end("a");
    await workers.untilRunning("b");
    workers.end("b");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["b", "a", "b", "all"]);
  });

  test("after a failure elsewhere is not made again", async () => {
    const { workers, run } = schedule("all: [b, c]\nb: [a]", "all");
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b", "c");
    workers.end("c", failed);
    workers.end("b", lose("a"));
    await done;
    expect(workers.ends).toEqual(["a fresh", "c failed", "b cancelled", "all skipped"]);
  });
});

describe("a pool", () => {
  const one = new Map([["license", 1]]);

  test("has no more of its targets running than it has places, and lets others pass", async () => {
    const { plan, workers, run } = schedule("all: [a, b, c, d]", "all", { jobs: 3, pools: one });
    for (const target of ["a", "b", "c"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a", "d");
    workers.end("d");
    workers.end("a");
    await workers.untilRunning("b");
    workers.end("b");
    await workers.untilRunning("c");
    workers.end("c");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "d", "b", "c", "all"]);
  });

  test("is a rule kind too: both have to have a place", async () => {
    const pools = new Map([...one, ["run", 2]]);
    const { plan, workers, run } = schedule("all: [a, b, c, d]", "all", { jobs: 9, pools });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a", "c");
    workers.end("c");
    await workers.untilRunning("a", "d");
    workers.end("a");
    await workers.untilRunning("b", "d");
    workers.end("b");
    workers.end("d");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
  });

  test("has its place back while a target waits for another attempt", async () => {
    const { plan, workers, timers, run } = schedule("all: [a, b]", "all", { pools: one });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a");
    workers.end("a", { kind: "again", seconds: 1 });
    await workers.untilRunning("b");
    timers.advance(1000);
    workers.end("b");
    await workers.untilRunning("a");
    workers.end("a");
    await workers.untilRunning("all");
    workers.end("all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "a", "all"]);
  });
});

describe("a plan", () => {
  test("passes on what was made again through groups and alternatives", () => {
    const plan = new Plan(graphOf("top: [x]\nx: { first-of: [g, z] }\ng: [a]"), () => ({
      index: 0,
      passedOver: [],
    }));
    plan.demand([name("top")]);
    Object.assign(plan.targetNamed(name("g")), { rule: undefined });
    const done = { kind: "done", how: "built", artifacts: [] } as const;
    for (const each of ["a", "g", "x"]) plan.move(name(each), done);
    plan.takeReady();
    plan.lose(name("a"), { kind: "output-missing", output: "x" });
    const states = ["a", "g", "x", "top"].map((each) => plan.stateOf(name(each)).kind);
    expect(states).toEqual(["queued", "waiting", "waiting", "waiting"]);
    expect(plan.isReady(name("top"))).toBe(false);
    for (const each of ["a", "g", "x"]) {
      expect(plan.takeReady().map((target) => target.name)).toEqual(each === "a" ? [] : [each]);
      plan.move(name(each), done);
    }
    expect(plan.takeReady().map((target) => target.name)).toEqual(["top"]);
  });

  test("holds only the alternative that was chosen, until another is", () => {
    const plan = new Plan(graphOf("all: [x]\nx: { first-of: [a, b] }\nb: [c]"), () => ({
      index: 0,
      passedOver: [],
    }));
    plan.demand([name("all")]);
    const names = () => plan.targets().map((target) => target.name);
    expect(names()).toEqual(["a", "x", "all"]);
    plan.choose(name("x"), { index: 1, passedOver: [] });
    expect(names()).toEqual(["a", "x", "all", "c", "b"]);
  });
});
