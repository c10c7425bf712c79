/** Time as the server needs it: what day it is, and how to wait. A fake in tests. */

export interface Clock {
  date(): Date;
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back once, unless the returned function is called before. */
  after(milliseconds: number, act: () => void): () => void;
  /** From 0 up to, and never, 1. */
  random(): number;
}

/** The system takes a longer wait for none at all. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  date: () => new Date(),
  now: () => performance.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, Math.min(milliseconds, longest));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Resolves after that time, or at once when the signal is aborted. */
export function waitOn(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      stop();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stop = clock.after(milliseconds, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
