/**
 * Chooses and makes the reporter of a build. JSON goes to standard output, for programs; everything
 * for people goes to standard error, so that `tbuild --dry-run` and `tbuild list` may be piped.
 */
import type { Reporter } from "../model/event.ts";
import { jsonReporter } from "../report/json.ts";
import { loadPaint, wantsColours } from "../report/paint.ts";
import type { Redactor } from "../report/redact.ts";
import type { ReportOptions } from "../report/report-options.ts";
import { sourceLines } from "../report/source-lines.ts";
import { againArguments } from "./again.ts";
import type { CommonRequest } from "./request.ts";
import { shellWord } from "./shell-word.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ReportedBuild {
  readonly root: string;
  readonly argv: readonly string[];
  readonly redactor: Redactor;
}

export async function makeReporter(
  { log, quiet, verbose }: CommonRequest,
  place: Surroundings,
  { root, argv, redactor }: ReportedBuild,
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
    again: (target) => ["tbuild", ...againArguments(argv, target)].map(shellWord).join(" "),
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
