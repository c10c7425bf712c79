/** Stale targets that wait for a job, the longest remaining path first. Whether one may start is told by others. */
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";

export interface Stale {
  readonly target: Target;
  readonly reason: StaleReason;
}

export class StaleQueue {
  readonly #priorityOf: (name: TargetName) => number;
  #queued: Stale[] = [];
  /** Whether the queue is in order: thousands may wait while one starts after the other. */
  #isSorted = true;

  /** @param priorityOf seconds of the longest path from a target to the end of the build */
  constructor(priorityOf: (name: TargetName) => number) {
    this.#priorityOf = priorityOf;
  }

  add(stale: Stale): void {
    this.#queued.push(stale);
    this.#isSorted = false;
  }

  /** Priorities are others than before. */
  weighAnew(): void {
    this.#isSorted = false;
  }

  /** Takes out those that do not wait any more. */
  keep(waits: (stale: Stale) => boolean): void {
    this.#queued = this.#queued.filter(waits);
  }

  /** Takes out the first one that may start. */
  take(mayStart: (stale: Stale) => boolean): Stale | undefined {
    this.#sort();
    const index = this.#queued.findIndex(mayStart);
    return index < 0 ? undefined : this.#queued.splice(index, 1)[0];
  }

  clear(): void {
    this.#queued = [];
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    this.#queued.sort((a, b) => this.#priorityOf(b.target.name) - this.#priorityOf(a.target.name));
  }
}
