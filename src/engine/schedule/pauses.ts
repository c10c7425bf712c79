/** Holds what waits between two attempts, and gives each back when its time has come. */
import type { Timers } from "./timers.ts";

export class Pauses<T> {
  readonly #timers: Timers;
  readonly #waiting = new Map<T, () => void>();
  #over: T[] = [];
  #wake: () => void = () => undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#waiting.size + this.#over.length;
  }

  add(item: T, seconds: number): void {
    const cancel = this.#timers.after(seconds * 1000, () => {
      this.#waiting.delete(item);
      this.#over.push(item);
      this.#wake();
    });
    this.#waiting.set(item, cancel);
  }

  /** Resolves when there is something to take, or the signal aborted. */
  due(signal: AbortSignal): Promise<void> {
    if (this.#over.length > 0 || signal.aborted) return Promise.resolve();
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener("abort", this.#wake, { once: true });
    }).finally(() => signal.removeEventListener("abort", this.#wake));
  }

  takeDue(): readonly T[] {
    const over = this.#over;
    this.#over = [];
    return over;
  }

  /** Nothing is to be begun any more. */
  clear(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#over = [];
  }
}
