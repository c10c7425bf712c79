/**
 * What decided how long a build took, from when its targets ran: the longest chain of dependencies, and
 * how long other numbers of jobs would take. Runs nothing.
 */
import type { CriticalPath, CriticalTarget } from "../../model/event.ts";
import type { TargetName } from "../../model/target.ts";
import type { Plan } from "../plan/plan.ts";
import type { RanTarget } from "../recorder.ts";
import { isExclusive } from "./is-exclusive.ts";
import { dependentsOf, makespan, needsFirst, type Work } from "./makespan.ts";

export interface RunTimes {
  readonly ran: ReadonlyMap<TargetName, RanTarget>;
  /** Milliseconds since the run started at which the first target could start. */
  readonly begunAt: number;
}

/**
 * @param times in milliseconds
 * @returns the longest chain, first target first; times are seconds. Other numbers of jobs are
 *   reckoned with `makespan`: as many, twice as many, and one for each target
 */
export function criticalPath(plan: Plan, times: RunTimes, jobs: number): CriticalPath {
  const names = plan.targets().map(({ name }) => name);
  const work = workOf(plan, names, times);
  const targets = longestChain(work, names, times);
  const estimate = (used: number): number => rounded(makespan(work, used));
  return {
    targets,
    seconds: sum(targets, ({ seconds }) => seconds),
    waited: sum(targets, ({ waited }) => waited),
    estimates: [
      { jobs, seconds: estimate(jobs) },
      { jobs: 2 * jobs, seconds: estimate(2 * jobs) },
      { seconds: estimate(Number.POSITIVE_INFINITY) },
    ],
  };
}

/** Targets that did not run stay as pieces of no time: what needs them waited for what they need. */
function workOf(plan: Plan, names: readonly TargetName[], { ran }: RunTimes): Work {
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const targets = plan.targets();
  return {
    durations: names.map((name) => secondsOf(ran.get(name))),
    needs: names.map((name) => [
      ...new Set(plan.edgesOf(name).flatMap(({ to }) => indexOf.get(to) ?? [])),
    ]),
    exclusive: new Set(
      targets.flatMap((target, index) =>
        ran.has(target.name) && isExclusive(target) ? [index] : [],
      ),
    ),
  };
}

const secondsOf = (run: RanTarget | undefined): number =>
  run === undefined ? 0 : (run.ended - run.started) / 1000;

/** Walks to the end once, keeping for each piece the longest way there and when it could start. */
function longestChain(
  work: Work,
  names: readonly TargetName[],
  { ran, begunAt }: RunTimes,
): readonly CriticalTarget[] {
  const ways = names.map(() => ({ seconds: 0, from: -1, ready: begunAt, ended: begunAt }));
  let last = -1;
  for (const index of needsFirst(work, dependentsOf(work))) {
    const way = ways[index] as (typeof ways)[number];
    let before = 0;
    for (const need of work.needs[index] ?? []) {
      const other = ways[need] as typeof way;
      way.ready = Math.max(way.ready, other.ended);
      if (other.seconds <= before) continue;
      before = other.seconds;
      way.from = need;
    }
    way.seconds = before + (work.durations[index] ?? 0);
    way.ended = ran.get(names[index] as TargetName)?.ended ?? way.ready;
    if (way.seconds > (ways[last]?.seconds ?? 0)) last = index;
  }
  const chain: CriticalTarget[] = [];
  for (let index = last; index >= 0; index = ways[index]?.from ?? -1) {
    const target = names[index] as TargetName;
    const run = ran.get(target);
    if (run) chain.push(criticalTarget(target, run, ways[index]?.ready ?? run.started));
  }
  return chain.reverse();
}

const criticalTarget = (target: TargetName, run: RanTarget, ready: number): CriticalTarget => ({
  target,
  title: run.title,
  seconds: rounded(secondsOf(run)),
  waited: rounded(Math.max(0, run.started - ready) / 1000),
});

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  rounded(items.reduce((all, item) => all + of(item), 0));
