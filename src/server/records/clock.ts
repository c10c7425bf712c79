/** Time as the server needs it: what day it is, and how to wait. A fake in tests. */
import { systemTimers, type Timers } from "../../engine/schedule/timers.ts";

export interface Clock extends Timers {
  date(): Date;
}

export const systemClock: Clock = { ...systemTimers, date: () => new Date() };

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
