/** The end that one attempt must come to: when the build is cancelled, or its own time is over. */
import type { Timers } from "./timers.ts";

export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether its own time was over first. */
  readonly isOver: boolean;
  /** The attempt has ended: nothing is aborted any more. */
  end(): void;
}

/** @param seconds from now; without them only `outer` ends it */
export function deadline(
  outer: AbortSignal,
  seconds: number | undefined,
  timers: Timers,
): Deadline {
  if (seconds === undefined) return { signal: outer, isOver: false, end: () => undefined };
  const controller = new AbortController();
  const cancel = (): void => controller.abort(outer.reason);
  let isOver = false;
  const stop = timers.after(seconds * 1000, () => {
    isOver = !outer.aborted;
    controller.abort();
  });
  if (outer.aborted) cancel();
  else outer.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    end: () => {
      stop();
      outer.removeEventListener("abort", cancel);
    },
  };
}
