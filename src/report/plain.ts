/**
 * The reporter for where there is no terminal: one whole line for each thing that matters, nothing
 * redrawn and nothing coloured. Output of commands only when asked for, since failures bring theirs.
 */
import type { Event, Reporter } from "../model/event.ts";
import { commonLines } from "./common-lines.ts";
import { activityOf, Progress, type Running } from "./progress.ts";
import { type ReportOptions, textOf } from "./report-options.ts";
import {
  alternativeLine,
  answerLine,
  attemptFailed,
  attemptStarted,
  isTold,
  outcome,
  wholeDuration,
} from "./wording.ts";

/** How long nothing may be said before a line tells what still runs: CI ends jobs that are silent. */
const silence = 60_000;

/** A reporter of plain lines. */
export function plainReporter(options: ReportOptions): Reporter {
  const progress = new Progress();
  let spoke = true;
  const say = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    spoke = true;
    options.err.write(textOf(lines));
  };
  const stop = options.clock.every(silence, () => {
    if (!spoke) say(stillRunning(progress, options.clock.now()));
    spoke = false;
  });
  return {
    report: (event) => {
      progress.apply(event, options.clock.now());
      const answer = answerLine(event);
      if (answer !== undefined) options.out.write(textOf([answer]));
      else say(linesOf(event, progress, options));
    },
    close: async () => stop(),
  };
}

function linesOf(event: Event, progress: Progress, options: ReportOptions): readonly string[] {
  switch (event.kind) {
    case "target-started":
      return [`${event.title}: started, ${event.why}`];
    case "attempt-failed":
      return [`${event.title}: ${attemptFailed(event)}`];
    case "attempt-started":
      return [`${event.title}: ${attemptStarted(event)}`];
    case "target-finished":
      return finishedLines(event, progress, options);
    case "alternative":
      return [alternativeLine(event)];
    default:
      return commonLines(event, progress, options);
  }
}

function finishedLines(
  event: Event & { kind: "target-finished" },
  progress: Progress,
  { verbose }: ReportOptions,
): string[] {
  if (!isTold(event) && !verbose) return [];
  const note = event.note === undefined ? "" : `, ${event.note}`;
  const cause = event.problem === undefined ? "" : `: ${event.problem.message}`;
  const count = `(${progress.done}/${progress.total})`;
  return [`${event.title}: ${outcome(event)}${note}${cause} ${count}`];
}

function stillRunning(progress: Progress, now: number): string[] {
  return [...progress.running.values()].map((run) => {
    const activity = activityOf(run, now);
    const doing = activity === "" ? "" : `, ${activity}`;
    return `${run.title}: running for ${secondsSince(run, now)}${doing}`;
  });
}

const secondsSince = (run: Running, now: number): string => wholeDuration((now - run.since) / 1000);
