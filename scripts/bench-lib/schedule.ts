/**
 * Makespans of tbuild's scheduler on random graphs with known durations, in virtual time, beside
 * list scheduling as the estimates of a build have it. Starts nothing and looks at no file.
 */
import type { Edge } from "../../src/engine/plan/graph.ts";
import { Plan } from "../../src/engine/plan/plan.ts";
import { makespan } from "../../src/engine/schedule/makespan.ts";
import { Scheduler } from "../../src/engine/schedule/scheduler.ts";
import type { CheckResult, Work } from "../../src/engine/schedule/scheduler-parts.ts";
import { systemTimers } from "../../src/engine/schedule/timers.ts";
import type { Target, TargetName } from "../../src/model/target.ts";

export interface RandomGraph {
  /** Seconds that each target takes. */
  readonly durations: readonly number[];
  /** Dependencies of each target, by their numbers, which are smaller. */
  readonly needs: readonly (readonly number[])[];
  readonly jobs: number;
}

export interface Makespans {
  /** What no schedule can beat: the longest path, or all the work spread evenly. */
  readonly bound: number;
  readonly list: number;
  /** With the durations of an earlier run. */
  readonly tbuild: number;
  /** Without: every target counts the same. */
  readonly unknown: number;
}

export async function makespans(graph: RandomGraph): Promise<Makespans> {
  const work = graph.durations.reduce((sum, each) => sum + each, 0);
  return {
    bound: Math.max(work / graph.jobs, ...longestPaths(graph)),
    list: makespan(graph, graph.jobs),
    tbuild: await tbuildMakespan(graph, (index) => graph.durations[index] ?? 0),
    unknown: await tbuildMakespan(graph, () => 1),
  };
}

/** Graphs as fleets have them: most targets short, some long, each after a few before it. */
export function randomGraph(seed: number): RandomGraph {
  const random = numbersFrom(seed);
  const size = 20 + Math.floor(random() * 181);
  const wide = 2 + Math.floor(random() * 40);
  return {
    durations: Array.from({ length: size }, () => Math.exp(random() * 6 - 2)),
    needs: Array.from({ length: size }, (_, index) => {
      const wanted = Math.floor(random() * 4);
      const from = Math.max(0, index - wide);
      const some = Array.from(
        { length: wanted },
        () => from + Math.floor(random() * (index - from)),
      );
      return index === 0 ? [] : [...new Set(some)];
    }),
    jobs: [2, 4, 8][seed % 3] ?? 2,
  };
}

/** mulberry32: the same graphs in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** From the start of each target to the end of the build. */
function longestPaths({ durations, needs }: RandomGraph): readonly number[] {
  const after = durations.map(() => 0);
  const paths = durations.map(() => 0);
  for (let index = durations.length - 1; index >= 0; index--) {
    const path = (durations[index] ?? 0) + (after[index] ?? 0);
    paths[index] = path;
    for (const need of needs[index] ?? []) after[need] = Math.max(after[need] ?? 0, path);
  }
  return paths;
}

/** The real plan and scheduler; a target runs until the clock is set past its end. */
async function tbuildMakespan(
  { durations, needs, jobs }: RandomGraph,
  knownSeconds: (index: number) => number,
): Promise<number> {
  const names = durations.map((_, index) => `t${index}` as TargetName);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const plan = planOf(names, needs);
  plan.demand(names);
  plan.prioritise(({ name }) => knownSeconds(indexOf.get(name) ?? 0));
  const clock = new Clock();
  const work: Work = {
    check: async (): Promise<CheckResult> => ({ kind: "stale", reason: { kind: "never-made" } }),
    async run({ name }) {
      await clock.pass(durations[indexOf.get(name) ?? 0] ?? 0);
      return { kind: "done", how: "built", artifacts: [] };
    },
    isExclusive: () => false,
    finished: () => {},
    lost: () => {},
    lostAgain: () => {
      throw new Error("nothing is lost here");
    },
  };
  const signal = new AbortController().signal;
  const ended = new Scheduler(plan, work, {
    jobs,
    keepGoing: false,
    signal,
    timers: systemTimers,
  }).run();
  await Promise.race([ended, clock.run()]);
  await ended;
  return clock.now;
}

function planOf(names: readonly TargetName[], needs: RandomGraph["needs"]): Plan {
  const nowhere = { file: "", line: 1, column: 1 } as unknown as Target["declaredAt"];
  const targets = new Map<TargetName, Target>();
  const edges = new Map<TargetName, readonly Edge[]>();
  for (const [index, name] of names.entries()) {
    const before = (needs[index] ?? []).map((need) => names[need] as TargetName);
    targets.set(name, {
      name,
      needs: before,
      after: [],
      with: [],
      parameters: {},
      missing: [],
      title: name,
      declaredAt: nowhere,
      places: {},
    });
    edges.set(
      name,
      before.map((to) => ({ to, kind: "dependency" })),
    );
  }
  const project = {
    name: "bench",
    root: "/",
    files: [],
    default: [],
    targets,
    families: new Map(),
    secrets: new Map(),
  };
  return new Plan({ project, edges, makers: new Map() }, () => {
    throw new Error("no alternatives here");
  });
}

/** Goes on to the next end as soon as nothing else is left to do. */
class Clock {
  now = 0;
  #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  pass(seconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ at: this.now + seconds, wake });
    });
  }

  async run(): Promise<void> {
    for (;;) {
      await new Promise((settled) => setImmediate(settled));
      if (this.#waiting.length === 0) return;
      this.now = Math.min(...this.#waiting.map(({ at }) => at));
      const due = this.#waiting.filter(({ at }) => at === this.now);
      this.#waiting = this.#waiting.filter(({ at }) => at > this.now);
      for (const { wake } of due) wake();
    }
  }
}
