/**
 * The reporter for a terminal: finished targets scroll away above a live region with what runs now.
 * Without a terminal (`--log pretty` into a pipe) there is no live region, only its lines and colours.
 */
import type { Event, Reporter } from "../model/event.ts";
import { commonLines } from "./common-lines.ts";
import { liveLines } from "./live-lines.ts";
import { LiveRegion } from "./live-region.ts";
import { Progress } from "./progress.ts";
import { type ReportOptions, textOf } from "./report-options.ts";
import type { Terminal } from "./terminal.ts";
import {
  alternativeLine,
  answerLine,
  attemptFailed,
  attemptStarted,
  duration,
  isTold,
} from "./wording.ts";

/** A reporter for people who watch. */
export function prettyReporter(options: ReportOptions, terminal: Terminal | undefined): Reporter {
  const progress = new Progress();
  let region: LiveRegion | undefined;
  const say = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    if (region === undefined) options.err.write(textOf(lines));
    else region.print(textOf(lines));
  };
  return {
    report: (event) => {
      progress.apply(event, options.clock.now());
      // What is fresh is counted in no time: nothing is drawn before something has to be made.
      if (terminal !== undefined) region ??= regionFor(event, progress, options, terminal);
      if (event.kind === "confirmation") {
        if (event.state === "asked") region?.hold();
        else region?.release();
      }
      if (event.kind === "finished") {
        region?.close();
        region = undefined;
      }
      const answer = answerLine(event);
      if (answer !== undefined) options.out.write(textOf([answer]));
      else say(linesOf(event, progress, options));
    },
    close: async () => region?.close(),
  };
}

function regionFor(
  event: Event,
  progress: Progress,
  options: ReportOptions,
  terminal: Terminal,
): LiveRegion | undefined {
  const somethingRuns = event.kind === "target-started" || event.kind === "service";
  if (!somethingRuns) return undefined;
  const { clock, paint } = options;
  return new LiveRegion(terminal, clock, () => liveLines(progress, clock.now(), terminal, paint));
}

function linesOf(event: Event, progress: Progress, options: ReportOptions): readonly string[] {
  const { paint } = options;
  switch (event.kind) {
    case "attempt-failed":
      return [`${paint.warn("again".padEnd(wordWidth))} ${event.title}  ${attemptFailed(event)}`];
    case "target-finished":
      return finishedLines(event, options);
    case "alternative":
      return event.passedOver.length > 0 || options.verbose ? [alternativeLine(event)] : [];
    case "target-started":
      return options.verbose
        ? [`${paint.busy("started".padEnd(wordWidth))} ${event.title}  ${paint.dim(event.why)}`]
        : [];
    case "attempt-started":
      return options.verbose ? [paint.dim(`${event.title}: ${attemptStarted(event)}`)] : [];
    default:
      return commonLines(event, progress, options);
  }
}

/** `built   images[agent]  4.2 s  2 tags`: the words line up, so the names do. */
function finishedLines(
  event: Event & { kind: "target-finished" },
  { paint, verbose }: ReportOptions,
): string[] {
  if (!isTold(event) && !verbose) return [];
  const brush = { built: paint.good, restored: paint.good, fresh: paint.dim, failed: paint.bad };
  const word = event.outcome.padEnd(wordWidth);
  const shownWord = (brush[event.outcome as keyof typeof brush] ?? paint.warn)(word);
  const time = isTold(event) ? `  ${paint.dim(duration(event.seconds))}` : "";
  const about = event.outcome === "failed" ? event.problem?.message : event.note;
  return [`${shownWord} ${event.title}${time}${about === undefined ? "" : `  ${about}`}`];
}

/** Width of the longest of the usual words, `running`. */
const wordWidth = 7;
