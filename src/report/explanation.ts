/** The words of `tbuild explain`. */
import { describeEviction } from "../model/eviction.ts";
import type { Cause, Explanation } from "../model/explanation.ts";
import { describeStaleReason, type Trace } from "../model/trace.ts";
import { formatDiagnostic } from "./format-diagnostic.ts";
import { duration } from "./wording.ts";

/** More reasons than this are counted, not listed. */
const mostReasons = 20;

/**
 * The lines for one target:
 *
 *     images[agent] would be made again
 *       package-build[agent] is stale: input `packages/agent/lb.conf` changed
 *         package-build[agent] -> packages -> contrail-repo -> images[agent]
 */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { target } = explanation;
  switch (explanation.kind) {
    case "fresh": {
      const { trace, logEvicted } = explanation;
      const log = logEvicted ? [`  ${describeEviction("logs", logEvicted)}`] : [];
      return [`${target} is fresh${trace ? `: ${described(trace)}` : ""}`, ...log];
    }
    case "problem":
      return [`${target} cannot be made`, ...formatDiagnostic(explanation.problem).map(indented)];
    case "stale": {
      const [only, ...others] = explanation.causes;
      if (only && others.length === 0 && only.path.length === 1) return reasonLines(only);
      return [`${target} would be made again`, ...explanation.causes.flatMap(causeLines)];
    }
  }
}

function described({ artifacts, finishedAt, parts, seconds, restoredFrom }: Trace): string {
  const at = new Date(finishedAt).toISOString().replace("T", " ").slice(0, 19);
  const read = `${Object.keys(parts).length} parts`;
  const made = artifacts.map((artifact) =>
    artifact.kind === "image" ? artifact.references.join(" ") : artifact.path,
  );
  const what = made.length > 0 ? `, and so is \`${made.join("`, `")}\`` : "";
  const how =
    restoredFrom === undefined
      ? `made ${at} UTC in ${duration(seconds)}`
      : `restored from ${restoredFrom} ${at} UTC`;
  return `${how}; the ${read} that it read are the same${what}`;
}

function causeLines(cause: Cause): readonly string[] {
  const way = cause.path.length > 1 ? [`  ${cause.path.join(" -> ")}`] : [];
  return [...reasonLines(cause), ...way].map(indented);
}

/** One reason stands behind the name; several get a line each. */
function reasonLines({ target, reasons }: Cause): readonly string[] {
  const shown = reasons.slice(0, mostReasons).map(describeStaleReason);
  if (shown.length === 1) return [`${target} is stale: ${shown[0]}`];
  const more = reasons.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return [`${target} is stale:`, ...shown.map(indented), ...rest];
}

const indented = (line: string): string => `  ${line}`;
