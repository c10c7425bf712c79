/** The reporter that says nothing of what goes well: problems, failures, and what was waited for. */
import type { Event, Reporter } from "../model/event.ts";
import { failureLines } from "./closing.ts";
import { formatDiagnostic } from "./format-diagnostic.ts";
import { Progress } from "./progress.ts";
import { type ReportOptions, textOf } from "./report-options.ts";
import { answerLine } from "./wording.ts";

/** A reporter that is silent unless something is wrong. A dry run still answers what was asked. */
export function quietReporter(options: ReportOptions): Reporter {
  const progress = new Progress();
  return {
    report: (event) => {
      progress.apply(event, options.clock.now());
      const answer = answerLine(event);
      if (answer !== undefined) options.out.write(textOf([answer]));
      const lines = linesOf(event, progress, options);
      if (lines.length > 0) options.err.write(textOf(lines));
    },
    close: async () => {},
  };
}

function linesOf(event: Event, progress: Progress, options: ReportOptions): string[] {
  switch (event.kind) {
    case "problem":
      return formatDiagnostic(event.problem, options);
    case "warning":
    case "artifact-lost":
      return formatDiagnostic(event.problem, { ...options, word: "warning" });
    case "finished":
      return failureLines(progress, options);
    default:
      return [];
  }
}
