/** The clock of a server in tests: it stands still until a test moves it. */
import type { Clock } from "../../src/server/records/clock.ts";
import { FakeTimers } from "../support/fake-timers.ts";

export class FakeClock extends FakeTimers implements Clock {
  readonly #start: number;

  constructor(start = "2026-11-21T12:00:00.000Z") {
    super();
    this.#start = Date.parse(start);
  }

  date(): Date {
    return new Date(this.#start + this.now());
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
