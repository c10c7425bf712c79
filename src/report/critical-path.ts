/** What is said of the critical path at the end of a build, and when it is worth a line. */
import type { CriticalPath, CriticalTarget, Event } from "../model/event.ts";
import { duration, wholeDuration } from "./wording.ts";

/** Nobody waits for what takes less, in seconds. */
const worthTelling = 5;

/** A part of the whole that is worth a word. */
const worthwhile = 0.1;

/** How many targets of a long path are named. */
const namedAtEachEnd = 4;

/** `critical path 41.2 s of 1 min 3 s: base 12.0 s → web 29.2 s; 4 jobs instead of 2 would take about 45 s`. */
export function criticalPathLine(event: Event & { readonly kind: "finished" }): string | undefined {
  const { criticalPath: path, seconds } = event;
  if (path === undefined || seconds < worthTelling) return undefined;
  const more = moreJobs(path, seconds);
  // Many short targets: no chain decided anything, and jobs did.
  if (path.seconds / seconds < worthwhile) return more;
  const waited =
    path.waited / seconds >= worthwhile ? ` (waited ${duration(path.waited)} for a job)` : "";
  const whole = `critical path ${duration(path.seconds)} of ${duration(seconds)}${waited}`;
  return `${whole}: ${chain(path.targets)}; ${more ?? "more jobs would not help"}`;
}

/** `base 12.0 s → web 29.2 s`; the middle of a long one is left out. */
function chain(targets: readonly CriticalTarget[]): string {
  const shown = targets.map(({ title, seconds }) => `${title} ${duration(seconds)}`);
  const left = shown.length - 2 * namedAtEachEnd;
  if (left > 1) shown.splice(namedAtEachEnd, left, `… ${left} more …`);
  return shown.join(" → ");
}

/**
 * What the estimates say beside each other is taken from the time that the build took: checks and other
 * things that they leave out stay as they were.
 */
function moreJobs({ estimates }: CriticalPath, seconds: number): string | undefined {
  const [used, twice, any] = estimates;
  if (used?.jobs === undefined || twice?.jobs === undefined || any === undefined) return undefined;
  const expected = (estimate: { readonly seconds: number }): number =>
    seconds - Math.max(0, used.seconds - estimate.seconds);
  const isLess = (one: number, other: number): boolean => (other - one) / seconds >= worthwhile;
  const [withTwice, withAny] = [expected(twice), expected(any)];
  if (!isLess(withAny, seconds)) return undefined;
  const instead = `${twice.jobs} jobs instead of ${used.jobs} would take about ${about(withTwice)}`;
  return isLess(withAny, withTwice)
    ? `${instead}, and no number of jobs less than ${about(withAny)}`
    : instead;
}

const about = (seconds: number): string => wholeDuration(Math.round(seconds));
