/** Prints problems that no build is there to report: of the command line and of the target file. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { formatDiagnostic } from "../report/format-diagnostic.ts";
import { loadPaint, wantsColours } from "../report/paint.ts";
import { hideCredentials } from "../report/redact.ts";
import { textOf } from "../report/report-options.ts";
import { sourceLines } from "../report/source-lines.ts";
import type { Surroundings } from "./surroundings.ts";

/** @param root folder that the places of the problems are relative to */
export async function showProblems(
  problems: readonly Diagnostic[],
  root: string,
  { err, environment }: Surroundings,
): Promise<void> {
  const paint = await loadPaint(wantsColours(environment, err.isTTY === true));
  const readLine = sourceLines(root, hideCredentials);
  for (const problem of problems) {
    const lines = formatDiagnostic(problem, { paint, readLine });
    err.write(hideCredentials(textOf(lines)));
  }
}
