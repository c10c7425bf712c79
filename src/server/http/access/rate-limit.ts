/** How many requests may come from one token or address: a bucket that fills slowly and may be emptied at once. */
import type { HttpClock } from "../options.ts";
import { BoundedMap } from "./bounded-map.ts";

export class RateLimit {
  readonly #clock: HttpClock;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new BoundedMap<{ readonly left: number; readonly at: number }>();

  constructor(clock: HttpClock, { perSecond, burst }: { perSecond: number; burst: number }) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes one; milliseconds until there is one again where there is none, else 0. */
  take(key: string): number {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { left: this.#burst, at: now };
    const filled = bucket.left + ((now - bucket.at) / 1000) * this.#perSecond;
    const left = Math.min(this.#burst, filled);
    if (left < 1) return ((1 - left) / this.#perSecond) * 1000;
    this.#buckets.set(key, { left: left - 1, at: now });
    return 0;
  }
}
