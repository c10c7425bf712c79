/** A signal for what an interruption should not cut off at once. */

export interface LaterSignal {
  readonly signal: AbortSignal;
  /** When what it was for is over. */
  end(): void;
}

/** @param grace milliseconds after the outer signal; it aborts then */
export function untilLater(outer: AbortSignal, grace: number): LaterSignal {
  const later = new AbortController();
  // One of its own: node warns of many listeners on a signal that many requests share.
  const own = AbortSignal.any([outer]);
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => later.abort(outer.reason), grace);
  };
  own.addEventListener("abort", start, { once: true });
  const end = () => {
    own.removeEventListener("abort", start);
    clearTimeout(timer);
  };
  return { signal: later.signal, end };
}
