/** How many targets of a rule kind, or of a pool that targets name, run at once. */
import type { Target } from "../../model/target.ts";

export class Pools {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();

  constructor(sizes: ReadonlyMap<string, number> = new Map()) {
    this.#sizes = sizes;
  }

  /** Whether there is a place for it in each of its pools. */
  hasRoom(target: Target): boolean {
    if (this.#sizes.size === 0) return true;
    return poolsOf(target).every(
      (pool) => (this.#taken.get(pool) ?? 0) < (this.#sizes.get(pool) ?? Infinity),
    );
  }

  enter(target: Target): void {
    for (const pool of poolsOf(target)) this.#taken.set(pool, (this.#taken.get(pool) ?? 0) + 1);
  }

  leave(target: Target): void {
    for (const pool of poolsOf(target)) this.#taken.set(pool, (this.#taken.get(pool) ?? 0) - 1);
  }
}

/** A rule kind is a pool of all its targets; one that names it as well counts once. */
function poolsOf({ rule, pool }: Target): readonly string[] {
  const kinds = rule === undefined ? [] : [rule.kind];
  return pool === undefined || pool === rule?.kind ? kinds : [...kinds, pool];
}
