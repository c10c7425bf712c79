/** Shows problems that no build is there to report: of the command line and of the target file. */

import type { LogKind } from "../model/command-line.ts";
import { type Diagnostic, exitCodeOf } from "../model/diagnostic.ts";
import { formatDiagnostic } from "../report/format-diagnostic.ts";
import { jsonReporter } from "../report/json.ts";
import { loadPaint, wantsColours } from "../report/paint.ts";
import { hideCredentials, Redactor, redactEvents } from "../report/redact.ts";
import { textOf } from "../report/report-options.ts";
import { sourceLines } from "../report/source-lines.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ProblemsToShow {
  readonly problems: readonly Diagnostic[];
  /** Folder that their places are relative to. */
  readonly root: string;
  readonly log?: LogKind | undefined;
}

/** @returns the exit code that goes with them */
export async function showProblems(
  { problems, root, log }: ProblemsToShow,
  place: Surroundings,
): Promise<number> {
  if (log === "json") showAsJson(problems, place);
  else await showAsText(problems, { root, word: "error" }, place);
  return exitCodeOf(problems);
}

/** What is no mistake of this command, and is to be known all the same. */
export async function showWarnings(
  { problems, root, log }: ProblemsToShow,
  place: Surroundings,
): Promise<void> {
  if (problems.length === 0) return;
  if (log !== "json") return showAsText(problems, { root, word: "warning" }, place);
  const reporter = redactEvents(jsonReporter(place.out), new Redactor());
  for (const problem of problems) reporter.report({ kind: "warning", problem });
}

/** The same lines as of a build that ended before anything was made. */
function showAsJson(problems: readonly Diagnostic[], { out }: Surroundings): void {
  const reporter = redactEvents(jsonReporter(out), new Redactor());
  for (const problem of problems) reporter.report({ kind: "problem", problem });
  const none = { built: 0, fresh: 0, failed: 0, skipped: 0 };
  reporter.report({ kind: "finished", ...none, seconds: 0 });
}

async function showAsText(
  problems: readonly Diagnostic[],
  { root, word }: { readonly root: string; readonly word: "error" | "warning" },
  { err, environment }: Surroundings,
): Promise<void> {
  const paint = await loadPaint(wantsColours(environment, err.isTTY === true));
  const readLine = sourceLines(root, hideCredentials);
  for (const problem of problems) {
    err.write(hideCredentials(textOf(formatDiagnostic(problem, { paint, readLine, word }))));
  }
}
