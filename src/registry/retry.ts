/** Tries again what failed for a while: exponential back-off with full jitter, or when the registry says. */
import type { DiagnosticError } from "../model/diagnostic.ts";
import type { Clock } from "./clock.ts";

/** No answer, or one that asks to come back: another try may do better. */
export class Transient extends Error {
  /** What to tell when no try did better. */
  readonly problem: DiagnosticError;
  /** Milliseconds to wait at least, where the registry said. */
  readonly after: number | undefined;
  /** Tries in all that this is worth. */
  readonly tries: number;

  constructor(problem: DiagnosticError, more: { after?: number | undefined; tries?: number } = {}) {
    super(problem.message, { cause: problem });
    this.problem = problem;
    this.after = more.after;
    this.tries = more.tries ?? Number.POSITIVE_INFINITY;
  }
}

export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tries in all. */
  readonly tries: number;
}

/** With eight tries, one answer in five may fail, and of a million requests two or three do. */
export const defaultTries = 8;

const firstWait = 500;
const longestWait = 30_000;

/** A registry that wants more than this is not waited for. */
export const longestAskedFor = 5 * 60_000;

/** @throws the problem of the last try */
export async function withRetries<T>(
  work: (attempt: number) => Promise<T>,
  { clock, signal, tries }: Patience,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      const tooLong = error.after !== undefined && error.after > longestAskedFor;
      if (attempt + 1 >= Math.min(tries, error.tries) || tooLong) throw error.problem;
      await clock.sleep(waitBefore(attempt, clock, error.after), signal);
    }
  }
}

/** Full jitter: so that those that failed together do not come back together. */
function waitBefore(attempt: number, clock: Clock, after: number | undefined): number {
  const most = Math.min(longestWait, firstWait * 2 ** attempt);
  const spread = clock.random() * most;
  return after === undefined ? spread : after + spread / 2;
}

/** Milliseconds of a `Retry-After`, in seconds or as a date. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
