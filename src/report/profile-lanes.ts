/** Finds a lane for each target that ran and for each of its steps, so that no two slices of one lane overlap. */
import type { Span, TargetSpan } from "./run-history.ts";

export interface Lane {
  readonly tid: number;
  readonly name: string;
}

export class Lanes {
  readonly #all: Lane[] = [];

  get all(): readonly Lane[] {
    return this.#all;
  }

  add(name: string): Lane {
    const lane = { tid: this.#all.length, name };
    this.#all.push(lane);
    return lane;
  }
}

/** The lane of a target, and those of its steps, the same one first. */
export interface Place {
  readonly lane: Lane;
  readonly stepLanes: readonly Lane[];
}

/**
 * A target is in the first job that is free when it starts. Its steps lie in its own slice; those that
 * run beside each other need lanes of their own, since slices of one lane may not overlap.
 */
export function placeTargets(
  targets: readonly TargetSpan[],
  lanes: Lanes,
): ReadonlyMap<TargetSpan, Place> {
  const jobs = firstFree(targets);
  const steps = targets.map((target) => firstFree(target.steps));
  const width: number[] = [];
  for (const [at, job] of jobs.entries()) {
    width[job] = Math.max(width[job] ?? 1, ...(steps[at] ?? []).map((lane) => lane + 1));
  }
  const laneOf = width.map((count, job) =>
    Array.from({ length: count }, (_, index) =>
      lanes.add(index === 0 ? `job ${job + 1}` : `job ${job + 1}, steps beside`),
    ),
  );
  return new Map(
    targets.map((target, at) => {
      const own = laneOf[jobs[at] ?? 0] ?? [];
      const stepLanes = (steps[at] ?? []).map((lane) => own[lane] as Lane);
      return [target, { lane: own[0] as Lane, stepLanes }];
    }),
  );
}

/** For each span, in order of their start, the number of the first row whose last one is over. */
function firstFree(spans: readonly Span[]): readonly number[] {
  const ends: number[] = [];
  return spans.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const row = free < 0 ? ends.length : free;
    ends[row] = to;
    return row;
  });
}
