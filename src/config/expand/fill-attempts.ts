/** Fills in how long one target may take and when it is tried again. */
import type { Retries } from "../../model/attempts.ts";
import { likelyDuration, parseDuration } from "../../model/duration-text.ts";
import type { DeclaredRetries, TargetDeclaration, Text } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { isTimes, timesWanted } from "../read/read-attempts.ts";
import { fill } from "../read/template.ts";
import type { Filler } from "./fill-field.ts";

/** The keys of the target that it declares and whose parameters have values. */
export function fillAttempts(
  filler: Filler,
  { timeout, retries }: TargetDeclaration,
): { readonly timeout?: number; readonly retries?: Retries } {
  const limit = timeout === undefined ? undefined : durationIn(filler, timeout, "`timeout`");
  const again = retries && retriesIn(filler, retries);
  return { ...(limit !== undefined && { timeout: limit }), ...(again && { retries: again }) };
}

function retriesIn(filler: Filler, declared: DeclaredRetries): Retries | undefined {
  const times = timesIn(filler, declared.times);
  const wait = durationIn(filler, declared.wait, "`wait`", true);
  const longestWait = durationIn(filler, declared.longestWait, "`longest-wait`");
  const within = declared.within && durationIn(filler, declared.within, "`within`");
  if (times === undefined || wait === undefined || longestWait === undefined) return undefined;
  const { on, factor, jitter } = declared;
  return { times, on, wait, longestWait, factor, jitter, ...(within !== undefined && { within }) };
}

function timesIn(filler: Filler, times: number | Text): number | undefined {
  if (typeof times === "number") return times;
  const text = fill(times.text, filler);
  if (text === undefined) return undefined;
  if (text.trim() !== "" && isTimes(Number(text))) return Number(text);
  filler.problem(problems.expectedValue("`retries`", timesWanted, text, times.at));
  return undefined;
}

function durationIn(
  filler: Filler,
  duration: number | Text,
  what: string,
  mayBeNothing = false,
): number | undefined {
  if (typeof duration === "number") return duration;
  const text = fill(duration.text, filler);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && (seconds > 0 || mayBeNothing)) return seconds;
  filler.problem(problems.notADuration(what, text, duration.at, likelyDuration(text)));
  return undefined;
}
