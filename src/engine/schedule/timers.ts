/** Time and chance, as the engine needs them to wait and to give up; fakes in tests. */

export interface Timers {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back once, unless the returned function is called before. */
  after(milliseconds: number, act: () => void): () => void;
  /** From 0 up to, and never, 1. */
  random(): number;
}

/** The system takes a longer wait for none at all. */
const longest = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, Math.min(milliseconds, longest));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
