/** Time that stands still until a test moves it, and chance that is always in the middle. */
import type { Timers } from "../../src/engine/schedule/timers.ts";

interface Waiting {
  readonly at: number;
  readonly milliseconds: number;
  readonly act: () => void;
}

export class FakeTimers implements Timers {
  #now = 0;
  readonly #waiting = new Set<Waiting>();
  #set: () => void = () => undefined;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, act: () => void): () => void {
    const waiting = { at: this.#now + milliseconds, milliseconds, act };
    this.#waiting.add(waiting);
    this.#set();
    return () => this.#waiting.delete(waiting);
  }

  random(): number {
    return 0.5;
  }

  /** Milliseconds of what waits, in the order of its time. */
  get waits(): readonly number[] {
    return this.#inOrder().map(({ milliseconds }) => milliseconds);
  }

  /** Calls back all that is due by then. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (const waiting of this.#inOrder()) {
      if (waiting.at > until) break;
      this.#waiting.delete(waiting);
      this.#now = waiting.at;
      waiting.act();
    }
    this.#now = until;
  }

  /** Until somebody waits for just so long. */
  async untilWaiting(milliseconds: number): Promise<void> {
    while (!this.waits.includes(milliseconds)) {
      await new Promise<void>((resolve) => {
        this.#set = resolve;
      });
    }
  }

  #inOrder(): readonly Waiting[] {
    return [...this.#waiting].sort((a, b) => a.at - b.at);
  }
}
