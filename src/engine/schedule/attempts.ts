/** Decides how long an attempt may take, and whether and when another one follows a failure. */
import type { FailureKind, Retries } from "../../model/attempts.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { shownDuration } from "../../model/duration.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { Timers } from "./timers.ts";

export interface Attempt {
  readonly number: number;
  /** How many there may be. */
  readonly of: number;
  /** Runs of the target in this build before, whatever they were for. */
  readonly before: number;
  readonly limit?: TimeLimit;
}

export interface TimeLimit {
  readonly seconds: number;
  /** The key that it comes from. */
  readonly by: "timeout" | "within";
}

export type Verdict =
  | { readonly kind: "again"; readonly seconds: number }
  | { readonly kind: "enough"; readonly problem: Diagnostic };

interface Account {
  startedAt: number;
  begun: number;
  runs: number;
}

export class Attempts {
  readonly #timers: Timers;
  readonly #accounts = new Map<TargetName, Account>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The attempt that begins now; undefined when the time for all of them is over. */
  begin(target: Target): Attempt | undefined {
    const account = this.#accountOf(target);
    const limit = this.#limitOf(target, account);
    if (limit !== undefined && limit.seconds <= 0) return undefined;
    account.begun++;
    return {
      number: account.begun,
      of: 1 + (target.retries?.times ?? 0),
      before: account.runs++,
      ...(limit && { limit }),
    };
  }

  /** An attempt that something else spoiled does not count. */
  forgive(target: Target): void {
    this.#accountOf(target).begun--;
  }

  /** It is made a second time, for another reason: all of it is counted anew. */
  restart(target: Target): void {
    const account = this.#accountOf(target);
    account.begun = 0;
    account.startedAt = this.#timers.now();
  }

  /** What follows a failure: another attempt after a wait, or the problem as it is to be told. */
  after(target: Target, problem: Diagnostic): Verdict {
    const { retries } = target;
    const account = this.#accountOf(target);
    if (retries === undefined) return { kind: "enough", problem };
    const of = retries.times + 1;
    const said = account.begun > 1 ? `attempt ${account.begun} of ${of}` : undefined;
    if (account.begun >= of || !isWorthAnother(problem, retries.on)) return enough(problem, said);
    const seconds = waitBefore(account.begun, retries, this.#timers.random());
    const { within } = retries;
    if (within === undefined || this.secondsOf(target) + seconds < within) {
      return { kind: "again", seconds };
    }
    return enough(problem, `attempt ${account.begun} of ${of}, and ${overBudget(within)}`);
  }

  /** Since the first attempt began, waits and all. */
  secondsOf(target: Target): number {
    return (this.#timers.now() - this.#accountOf(target).startedAt) / 1000;
  }

  #accountOf({ name }: Target): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const made: Account = { startedAt: this.#timers.now(), begun: 0, runs: 0 };
    this.#accounts.set(name, made);
    return made;
  }

  #limitOf({ timeout, retries }: Target, { startedAt }: Account): TimeLimit | undefined {
    const limits: TimeLimit[] = [];
    if (timeout !== undefined) limits.push({ seconds: timeout, by: "timeout" });
    if (retries?.within !== undefined) {
      const spent = (this.#timers.now() - startedAt) / 1000;
      limits.push({ seconds: retries.within - spent, by: "within" });
    }
    return limits.sort((a, b) => a.seconds - b.seconds)[0];
  }
}

/**
 * What kind of failure it was; undefined for one that would be the same again.
 * @internal exported for its test
 */
export function failureKindOf({ code, exitCode, transient }: Diagnostic): FailureKind | undefined {
  if (code === "timed-out") return "timeout";
  if (transient) return "network";
  if (code === "service-failed") return "service";
  return exitCode === undefined ? undefined : "command";
}

function isWorthAnother(problem: Diagnostic, on: Retries["on"]): boolean {
  const kind = failureKindOf(problem);
  if (kind === undefined) return false;
  return on.some((each) => each === kind || (kind === "command" && each === problem.exitCode));
}

/** @param random from 0 up to 1 */
function waitBefore(
  begun: number,
  { wait, factor, longestWait, jitter }: Retries,
  random: number,
): number {
  const plain = Math.min(longestWait, wait * factor ** (begun - 1));
  return Math.min(longestWait, plain * (1 + jitter * (2 * random - 1)));
}

const overBudget = (within: number): string =>
  `\`within\` ${shownDuration(within)} is no time for another`;

function enough(problem: Diagnostic, said: string | undefined): Verdict {
  const message = said === undefined ? problem.message : `${problem.message} (${said})`;
  return { kind: "enough", problem: { ...problem, message } };
}
