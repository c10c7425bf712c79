/**
 * Chooses and makes the reporter of a build. What was asked for goes to standard output: JSON for
 * programs, the list of a dry run. How the work goes is told on standard error, as compilers and
 * docker do, so that a pipe holds answers alone and a log of both holds all in order.
 */
import type { Reporter } from "../model/event.ts";
import { jsonReporter } from "../report/json.ts";
import { loadPaint, wantsColours } from "../report/paint.ts";
import type { Redactor } from "../report/redact.ts";
import type { ReportOptions } from "../report/report-options.ts";
import { sourceLines } from "../report/source-lines.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ReportedBuild {
  readonly root: string;
  /** The command that makes just this target again. */
  readonly again: (target: string) => string;
  readonly redactor: Redactor;
}

export async function makeReporter(
  { log, quiet, verbose }: CommonRequest,
  place: Surroundings,
  { root, again, redactor }: ReportedBuild,
): Promise<Reporter> {
  const { out, err, environment } = place;
  const isTerminal = err.isTTY === true && environment["TERM"] !== "dumb";
  const kind = log ?? (isTerminal ? "pretty" : "plain");
  if (kind === "json") return jsonReporter(out);
  const options: ReportOptions = {
    out,
    err,
    paint: await loadPaint(kind === "pretty" && wantsColours(environment, isTerminal)),
    clock: { now: () => performance.now(), every: tickEvery },
    readLine: sourceLines(root, (text) => redactor.text(text)),
    again,
    verbose,
  };
  if (quiet) return (await import("../report/quiet.ts")).quietReporter(options);
  if (kind === "plain") return (await import("../report/plain.ts")).plainReporter(options);
  const { prettyReporter } = await import("../report/pretty.ts");
  const { terminalOf } = await import("../report/terminal.ts");
  return prettyReporter(options, isTerminal ? terminalOf(err, place.process) : undefined);
}

function tickEvery(milliseconds: number, tick: () => void): () => void {
  const timer = setInterval(tick, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
