/** Slows down who tries tokens: after a few wrong ones, none of that address is looked at for a while. */
import type { HttpClock } from "../options.ts";
import { BoundedMap } from "./bounded-map.ts";

const free = 5;
const longestMs = 15 * 60 * 1000;

export class FailedAttempts {
  readonly #clock: HttpClock;
  readonly #failed = new BoundedMap<{ readonly times: number; readonly at: number }>();

  constructor(clock: HttpClock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next attempt counts; 0 when it may come now. */
  waitOf(address: string): number {
    const failed = this.#failed.get(address);
    if (failed === undefined) return 0;
    return Math.max(0, failed.at + pauseAfter(failed.times) - this.#clock.now());
  }

  add(address: string): void {
    const failed = this.#failed.get(address);
    const isOld = failed !== undefined && failed.at + longestMs < this.#clock.now();
    const times = isOld ? 0 : (failed?.times ?? 0);
    this.#failed.set(address, { times: times + 1, at: this.#clock.now() });
  }

  forget(address: string): void {
    this.#failed.delete(address);
  }
}

/** Nothing at first, then 1 s, and twice as long each time. */
const pauseAfter = (times: number): number =>
  times < free ? 0 : Math.min(longestMs, 1000 * 2 ** (times - free));
