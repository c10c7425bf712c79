/**
 * What became of each target as JUnit XML, as Jenkins (junit-10.xsd of its xunit-plugin) and GitLab read
 * it: a test case for each target, its rule as the class. Writes no file.
 */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { RunHeader, RunLine, TimedEvent } from "../model/run-log.ts";
import { LastOutput } from "./last-output.ts";
import type { ReportFile } from "./report-file.ts";
import { element } from "./xml.ts";

type TimedOf<K extends TimedEvent["kind"]> = Extract<TimedEvent, { readonly kind: K }>;

/** What is known of a run when it has come to its end. */
interface Run {
  header?: RunHeader;
  project: string;
  seconds: number;
  /** By target: one that was made twice is told of once, as it ended. */
  readonly finished: Map<string, Ended>;
  /** What no target is to blame for. */
  readonly problems: Diagnostic[];
}

interface Ended {
  readonly event: TimedOf<"target-finished">;
  /** The last lines that it put out, of a failed one. */
  readonly output: readonly string[];
}

export function junitFile(): ReportFile {
  const run: Run = { project: "tbuild", seconds: 0, finished: new Map(), problems: [] };
  const output = new LastOutput();
  return {
    add: (line) => {
      follow(run, line);
      const last = output.take(line);
      if (line.kind === "target-finished")
        run.finished.set(line.target, { event: line, output: last });
    },
    text: () => `<?xml version="1.0" encoding="UTF-8"?>\n${suites(run)}\n`,
  };
}

function follow(run: Run, line: RunLine): void {
  if (line.kind === "run") run.header = line;
  else run.seconds = line.ms / 1000;
  if (line.kind === "started") run.project = line.project;
  if (line.kind === "problem") run.problems.push(line.problem);
}

function suites({ header, project, seconds, finished, problems }: Run): string {
  const ended = [...finished.values()];
  const cases = [...ended.map(caseOf), ...problems.map(problemCase)];
  const counts = {
    tests: cases.length,
    failures: ended.filter(({ event }) => event.outcome === "failed").length,
    errors: problems.length,
  };
  const skipped = ended.filter(({ event }) => skippedMessage(event) !== undefined).length;
  const time = shown(seconds);
  const suite = element(
    "testsuite",
    // In UTC, without saying so: readers of the Ant kind know no time zone here.
    { name: project, ...counts, skipped, time, timestamp: header?.startedAt.slice(0, 19) },
    cases,
  );
  return element("testsuites", { name: header?.command ?? project, ...counts, time }, [suite]);
}

function caseOf({ event, output }: Ended): string {
  const { target, rule, seconds } = event;
  const attributes = { name: target, classname: rule, time: shown(seconds) };
  const message = skippedMessage(event);
  if (message !== undefined)
    return element("testcase", attributes, [element("skipped", { message })]);
  if (event.outcome !== "failed") return element("testcase", attributes);
  const { problem, log } = event;
  return element("testcase", attributes, [
    element(
      "failure",
      { type: problem?.code, message: problem?.message ?? "failed" },
      [...detailsOf(problem), ...(log === undefined ? [] : [`log: ${log}`])].join("\n"),
    ),
    ...(output.length === 0 ? [] : [element("system-out", {}, output.join("\n"))]),
  ]);
}

/** Why it was not made, or undefined for one that was, or had no need to. */
function skippedMessage(event: TimedOf<"target-finished">): string | undefined {
  switch (event.outcome) {
    case "built":
    case "restored":
    case "fresh":
    case "failed":
      return undefined;
    case "skipped":
      return event.because === undefined ? "skipped" : `needs ${event.because}, which failed`;
    case "unavailable":
      return `not to be had: ${event.note ?? ""}`;
    case "cancelled":
      return "cancelled";
  }
}

const problemCase = (problem: Diagnostic): string =>
  element("testcase", { name: problem.code, classname: "tbuild", time: shown(0) }, [
    element(
      "error",
      { type: problem.code, message: problem.message },
      detailsOf(problem).join("\n"),
    ),
  ]);

function detailsOf(problem: Diagnostic | undefined): readonly string[] {
  if (!problem) return [];
  const { at, message, details = [], hint } = problem;
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : "";
  return [`${place}${message}`, ...details, ...(hint === undefined ? [] : [`hint: ${hint}`])];
}

/** Seconds, to the millisecond. */
const shown = (seconds: number): string => seconds.toFixed(3);
