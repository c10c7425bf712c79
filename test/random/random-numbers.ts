/** Random choices that a seed repeats. */

export class Random {
  #state: number;

  /** Seeds that differ a little give unrelated numbers. */
  constructor(...seeds: readonly number[]) {
    this.#state = 0x9e3779b9;
    for (const seed of seeds) {
      this.#state ^= Math.imul(seed + 1, 0x85ebca6b);
      this.#next();
    }
  }

  /** A whole number from 0, below the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** Whether something happens that does so in this part of all cases. */
  chance(part: number): boolean {
    return this.#next() < part;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error("nothing to pick from");
    return list[this.below(list.length)] as T;
  }

  /** Up to that many, none twice, in the order of the list. */
  some<T>(list: readonly T[], count: number): readonly T[] {
    const left = list.map((_, index) => index);
    const taken = new Set<number>();
    for (let n = 0; n < count && left.length > 0; n++) {
      taken.add(left.splice(this.below(left.length), 1)[0] as number);
    }
    return list.filter((_, index) => taken.has(index));
  }

  /** Mulberry32: small, and good enough to choose by. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}
