/** Time that passes when the test says so. */
import type { Timer } from "../../src/watch/burst.ts";

export class FakeTimer implements Timer {
  #now = 0;
  #calls: { readonly at: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, call: () => void): () => void {
    const entry = { at: this.#now + milliseconds, call };
    this.#calls.push(entry);
    return () => {
      this.#calls = this.#calls.filter((other) => other !== entry);
    };
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = this.#calls.sort((a, b) => a.at - b.at)[0];
      if (!due || due.at > end) break;
      this.#calls.shift();
      this.#now = due.at;
      due.call();
    }
    this.#now = end;
  }
}
