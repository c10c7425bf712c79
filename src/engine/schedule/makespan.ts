/**
 * How long work takes that is scheduled as the scheduler does it: whenever a job is free, what has the
 * longest path before it starts. Works on numbers and knows no target. O(E + V log V).
 */
import { Heap } from "./heap.ts";

export interface Work {
  /** Seconds of each piece; one of 0 takes no job. */
  readonly durations: readonly number[];
  /** What each piece waits for, by number. */
  readonly needs: readonly (readonly number[])[];
  /** Pieces that must have all jobs for themselves. */
  readonly exclusive?: ReadonlySet<number>;
}

/** @returns seconds from the first start to the last end */
export function makespan(work: Work, jobs: number): number {
  const simulation = new Simulation(work, jobs);
  while (simulation.step());
  return simulation.now;
}

class Simulation {
  now = 0;
  readonly #work: Work;
  readonly #jobs: number;
  readonly #dependents: readonly (readonly number[])[];
  readonly #pending: number[];
  readonly #isLonger: (a: number, b: number) => boolean;
  readonly #shared: Heap<number>;
  readonly #exclusive: Heap<number>;
  readonly #running = new Heap<{ readonly index: number; readonly end: number }>(
    (a, b) => a.end < b.end,
  );
  #exclusiveRuns = false;

  constructor(work: Work, jobs: number) {
    this.#work = work;
    this.#jobs = jobs;
    this.#dependents = dependentsOf(work);
    this.#pending = work.needs.map((needs) => needs.length);
    const paths = pathsToEnd(work, this.#dependents);
    this.#isLonger = (a, b) => (paths[a] ?? 0) > (paths[b] ?? 0);
    this.#shared = new Heap(this.#isLonger);
    this.#exclusive = new Heap(this.#isLonger);
    this.#ready(work.needs.flatMap((needs, index) => (needs.length === 0 ? [index] : [])));
  }

  /** Starts what may start, and goes on to the next end. @returns whether there was one */
  step(): boolean {
    this.#start();
    const next = this.#running.pop();
    if (next === undefined) return false;
    this.now = next.end;
    this.#exclusiveRuns = false;
    const ended = [next.index];
    while (this.#running.first?.end === this.now) ended.push(this.#running.pop()?.index as number);
    this.#ready(ended.flatMap((index) => this.#freed(index)));
    return true;
  }

  #start(): void {
    while (this.#running.size < this.#jobs && !this.#exclusiveRuns) {
      const index = this.#takeNext();
      if (index === undefined) return;
      this.#exclusiveRuns = this.#isExclusive(index);
      this.#running.push({ index, end: this.now + (this.#work.durations[index] ?? 0) });
    }
  }

  /** An exclusive piece waits until nothing runs; then the longer path of both kinds goes first. */
  #takeNext(): number | undefined {
    if (this.#running.size > 0) return this.#shared.pop();
    const [shared, exclusive] = [this.#shared.first, this.#exclusive.first];
    if (shared === undefined) return this.#exclusive.pop();
    const exclusiveFirst = exclusive !== undefined && this.#isLonger(exclusive, shared);
    return exclusiveFirst ? this.#exclusive.pop() : this.#shared.pop();
  }

  /** Pieces that take no time pass on at once. */
  #ready(indexes: readonly number[]): void {
    const open = [...indexes];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (this.#work.durations[index] === 0) open.push(...this.#freed(index));
      else if (this.#isExclusive(index)) this.#exclusive.push(index);
      else this.#shared.push(index);
    }
  }

  #freed(index: number): readonly number[] {
    return (this.#dependents[index] ?? []).filter((dependent) => {
      const left = (this.#pending[dependent] ?? 0) - 1;
      this.#pending[dependent] = left;
      return left === 0;
    });
  }

  #isExclusive(index: number): boolean {
    return this.#work.exclusive?.has(index) === true;
  }
}

/** `needs` the other way round: for each piece the numbers of those that wait for it. */
export function dependentsOf({ needs }: Work): readonly (readonly number[])[] {
  const dependents: number[][] = needs.map(() => []);
  for (const [index, each] of needs.entries()) {
    for (const need of each) dependents[need]?.push(index);
  }
  return dependents;
}

/** All pieces, what they need before them. */
export function needsFirst(
  { needs }: Work,
  dependents: readonly (readonly number[])[],
): readonly number[] {
  const pending = needs.map((each) => each.length);
  const order = pending.flatMap((count, index) => (count === 0 ? [index] : []));
  // It grows while it is walked.
  for (const index of order) {
    for (const dependent of dependents[index] ?? []) {
      const left = (pending[dependent] ?? 0) - 1;
      pending[dependent] = left;
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}

/** Seconds from the start of each piece to the end of all. */
function pathsToEnd(work: Work, dependents: readonly (readonly number[])[]): readonly number[] {
  const paths = work.durations.map(() => 0);
  for (const index of [...needsFirst(work, dependents)].reverse()) {
    const after = (dependents[index] ?? []).reduce(
      (most, dependent) => Math.max(most, paths[dependent] ?? 0),
      0,
    );
    paths[index] = (work.durations[index] ?? 0) + after;
  }
  return paths;
}
