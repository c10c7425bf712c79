/** Time and chance as a client of registries needs them, so that tests can have others. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with an abort error as soon as the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, shared) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.any([shared]);
      signal.throwIfAborted();
      const end = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", end);
        resolve();
      }, milliseconds);
      signal.addEventListener("abort", end, { once: true });
    }),
};
