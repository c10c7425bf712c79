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
  const waited =
    path.waited / seconds >= worthwhile ? `, and ${duration(path.waited)} waiting` : "";
  const whole = `critical path ${duration(path.seconds)}${waited} of ${duration(seconds)}`;
  const more = moreJobs(path, seconds);
  return `${whole}: ${chain(path.targets)}${more === "" ? "" : `; ${more}`}`;
}

/** `base 12.0 s → web 29.2 s`; the middle of a long one is left out. */
function chain(targets: readonly CriticalTarget[]): string {
  const shown = targets.map(({ title, seconds }) => `${title} ${duration(seconds)}`);
  const left = shown.length - 2 * namedAtEachEnd;
  if (left > 1) shown.splice(namedAtEachEnd, left, `… ${left} more …`);
  return shown.join(" → ");
}

/**
 * What the estimates say beside each other is added to the time that the build took: checks and other
 * things that they leave out stay as they were.
 */
function moreJobs({ estimates }: CriticalPath, seconds: number): string {
  const [used, twice, any] = estimates;
  if (used?.jobs === undefined || twice?.jobs === undefined || any === undefined) return "";
  const expected = (estimate: { readonly seconds: number }): number =>
    seconds - Math.max(0, used.seconds - estimate.seconds);
  const gain = (from: number, to: number): boolean => (from - to) / seconds >= worthwhile;
  const [withTwice, withAny] = [expected(twice), expected(any)];
  const parts: string[] = [];
  if (gain(seconds, withTwice)) {
    const instead = `${jobsText(twice.jobs)} instead of ${used.jobs}`;
    parts.push(`${instead} would take about ${about(withTwice)}`);
  }
  const before = parts.length > 0 ? withTwice : seconds;
  if (gain(before, withAny)) parts.push(`any number of jobs about ${about(withAny)}`);
  return parts.length > 0 ? parts.join(", ") : "more jobs would not help";
}

const jobsText = (jobs: number): string => `${jobs} job${jobs === 1 ? "" : "s"}`;

const about = (seconds: number): string => wholeDuration(Math.round(seconds));
