/** The end of a build for people: root causes, what was skipped for them, and the totals. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Event } from "../model/event.ts";
import { criticalPathLine } from "./critical-path.ts";
import { formatDiagnostic } from "./format-diagnostic.ts";
import type { Progress, TargetFinished } from "./progress.ts";
import type { ReportOptions } from "./report-options.ts";
import { again, dryRunSummary, logAt, skippedLine, summary } from "./wording.ts";

type Finished = Event & { readonly kind: "finished" };

/** All that is said once a build has ended. */
export function closingLines(
  progress: Progress,
  event: Finished,
  options: ReportOptions,
): string[] {
  const path = criticalPathLine(event);
  return [
    ...failureLines(progress, options),
    ...(path === undefined ? [] : [options.paint.dim(path)]),
    lastLine(progress, event, options),
  ];
}

/** Blocks of all failures, with an empty line before each, and then what was skipped for them. */
export function failureLines(progress: Progress, options: ReportOptions): string[] {
  const blocks = progress.failures.flatMap((failure) => ["", ...failureBlock(failure, options)]);
  const skipped = [...progress.skipped].map(([because, titles]) => skippedLine(because, titles));
  const gap = blocks.length > 0 ? [""] : [];
  return [...blocks, ...gap, ...skipped];
}

/** The last line, in the colour of the outcome. */
function lastLine(progress: Progress, event: Finished, options: ReportOptions): string {
  const { paint } = options;
  if (progress.interrupted) return paint.warn(summary(event, "interrupted"));
  if (progress.stopped) return paint.warn(summary(event, "stopped"));
  if (event.failed > 0) return paint.bad(summary(event));
  const { certain, uncertain, removes } = progress.dryRun;
  if (certain + uncertain > 0) return dryRunSummary(certain, uncertain, event.fresh);
  if (removes) return "nothing was removed: this was a dry run";
  return paint.good(summary(event));
}

function failureBlock(failure: TargetFinished, options: ReportOptions): string[] {
  const { paint, readLine } = options;
  return [
    ...formatDiagnostic(namedProblem(failure), { paint, readLine }),
    ...(failure.log === undefined ? [] : [paint.dim(logAt(failure.log))]),
    paint.dim(again(options.again(failure.target))),
  ];
}

/** The problem of a failed target, which says whose it is. */
function namedProblem({ title, problem }: TargetFinished): Diagnostic {
  const whose = `target \`${title}\` failed`;
  if (problem === undefined) return { code: "target-failed", blame: "target", message: whose };
  if (problem.message.includes(`\`${title}\``)) return problem;
  return { ...problem, message: `${whose}: ${problem.message}` };
}
