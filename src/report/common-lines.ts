/**
 * The lines of events that `plain` and `pretty` tell alike, but for colour, which plain paint leaves out. An
 * event that people are told of in both has its case here.
 */
import type { Event } from "../model/event.ts";
import { closingLines } from "./closing.ts";
import { formatDiagnostic } from "./format-diagnostic.ts";
import type { Progress } from "./progress.ts";
import type { ReportOptions } from "./report-options.ts";
import { printable } from "./width.ts";
import {
  changedLine,
  givenLines,
  lockedLine,
  removal,
  serviceLine,
  waitingLine,
  watchingLines,
} from "./wording.ts";

export function commonLines(
  event: Event,
  progress: Progress,
  options: ReportOptions,
): readonly string[] {
  const { paint, verbose } = options;
  switch (event.kind) {
    case "waiting":
      return [paint.warn(waitingLine(event))];
    case "warning":
    case "artifact-lost":
      return formatDiagnostic(event.problem, { ...options, word: "warning" });
    case "problem":
      return formatDiagnostic(event.problem, options);
    case "confirmation":
      return event.state === "given" ? givenLines(event) : [];
    case "changed":
      return [paint.strong(changedLine(event))];
    case "watching":
      return watchingLines(event).map((line) => paint.dim(line));
    case "locked":
      return [paint.dim(lockedLine(event))];
    case "interrupted":
      return [paint.warn("interrupted, stopping")];
    case "finished":
      return progress.begun ? closingLines(progress, event, options) : [];
    default:
      return verbose ? verboseLines(event, options) : [];
  }
}

function verboseLines(event: Event, { paint }: ReportOptions): readonly string[] {
  switch (event.kind) {
    case "output":
      return [`${paint.dim(`${event.target} |`)} ${printable(event.line)}`];
    case "step":
      return [paint.dim(`${event.target}: ${event.state} ${printable(event.name)}`)];
    case "removed":
      return [paint.dim(`${event.target}: removed ${removal(event)}`)];
    case "service":
      return [paint.dim(serviceLine(event))];
    default:
      return [];
  }
}
