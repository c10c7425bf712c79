/** The wording of every problem that the engine itself finds. */

import type { Diagnostic } from "../model/diagnostic.ts";
import { shownDuration } from "../model/duration.ts";
import type { PassedOver } from "../model/event.ts";
import type { NoValue, Project, Target, TargetName } from "../model/target.ts";
import { describeStaleReason, type StaleReason } from "../model/trace.ts";
import { shownTitle } from "./plan/shown-title.ts";
import type { TimeLimit } from "./schedule/attempts.ts";

/** @param cycle its first target stands at its end once more */
export function cycleProblem(project: Project, cycle: readonly TargetName[]): Diagnostic {
  const first = cycle[0] && project.targets.get(cycle[0]);
  return {
    code: "dependency-cycle",
    blame: "usage",
    message: `dependency cycle: ${cycle.join(" -> ")}`,
    ...(first && { at: first.declaredAt }),
    hint: "take one of these dependencies out",
  };
}

/** Two targets make the same file or tag. @param target the one whose place is shown */
export function outputClashProblem(target: Target, other: Target, output: string): Diagnostic {
  return {
    code: "output-clash",
    blame: "usage",
    message: `targets \`${other.name}\` and \`${target.name}\` both make \`${output}\``,
    at: target.places["outputs"] ?? target.places["tags"] ?? target.declaredAt,
    hint: `give one of them another output; \`${other.name}\` is declared at ${other.declaredAt.file}:${other.declaredAt.line}`,
  };
}

/**
 * A parameter without a value, which only a target that names it makes a problem. The hint says how to give
 * it: of a secret, by its variable first.
 */
export function missingParameterProblem(
  target: Target,
  parameter: string,
  { secretVariables, noValue }: Project,
): Diagnostic {
  const none = noValue?.get(parameter);
  if (none !== undefined) return noValueProblem(target, none);
  return {
    code: "parameter-not-given",
    blame: "usage",
    message: `parameter \`${parameter}\` is not given, and target \`${target.name}\` needs it`,
    at: target.declaredAt,
    hint: secretVariables?.has(parameter)
      ? secretHint(parameter, secretVariables.get(parameter))
      : `add \`--${parameter} VALUE\``,
  };
}

const noValueProblem = (target: Target, { name, why, hint }: NoValue): Diagnostic => ({
  code: "no-value",
  blame: "usage",
  message: `\`\${${name}}\` has no value, and target \`${target.name}\` needs it: ${why}`,
  at: target.declaredAt,
  hint,
});

function secretHint(parameter: string, variable: string | undefined): string {
  const option = `\`--${parameter}-file PATH\``;
  return variable === undefined ? `add ${option}` : `set \`${variable}\`, or add ${option}`;
}

/** With `--no-fallback`, where the next alternative would have been tried. */
export function fallbackProblem(target: Target, passed: PassedOver): Diagnostic {
  return {
    code: "fallback-refused",
    blame: "surroundings",
    message: `target \`${target.name}\` cannot have \`${passed.alternative}\`: ${passed.why}`,
    at: target.declaredAt,
    hint: "give what is missing, or leave `--no-fallback` out to try the next alternative",
  };
}

/** All alternatives of a `first-of` were passed over; each tells why. */
export function noAlternativeProblem(target: Target, passed: readonly PassedOver[]): Diagnostic {
  return {
    code: "no-alternative",
    blame: "surroundings",
    message: `no alternative of target \`${target.name}\` is to be had`,
    at: target.declaredAt,
    details: passed.map(({ alternative, why }) => `${alternative}: ${why}`),
  };
}

/**
 * @param limit seconds, and the key that set them: `timeout` for one attempt, `within` for all of them
 * @param lines last lines that the attempt wrote
 */
export function timedOutProblem(
  target: Target,
  { seconds, by }: TimeLimit,
  lines: readonly string[],
): Diagnostic {
  const { retries } = target;
  const after = `timed out after ${shownDuration(seconds)}`;
  const within = retries?.within ?? seconds;
  return {
    code: "timed-out",
    blame: "target",
    message:
      by === "timeout" || retries?.times === 0
        ? after
        : `${after}: all attempts may take ${shownDuration(within)} together`,
    at: target.places[by === "timeout" ? "timeout" : "retries"] ?? target.declaredAt,
    hint: `see what it was at, and raise \`${by}\` if it needs longer`,
    details: lines,
  };
}

/** A warning: it was made of what nobody can name, so no trace of it is kept. */
export function inputChangedProblem(target: Target, input: string): Diagnostic {
  return {
    code: "input-changed-meanwhile",
    blame: "target",
    message: `input \`${input}\` changed while \`${target.name}\` was made: it will be made again`,
  };
}

/** @param by whoever found it gone */
export function lostProblem(producer: Target, by: Target, reason: StaleReason): Diagnostic {
  const name = shownTitle(producer);
  return {
    code: "artifact-lost",
    blame: "surroundings",
    message: `${describeStaleReason(reason)}, which \`${shownTitle(by)}\` needs: \`${name}\` is made again`,
  };
}

/**
 * A second loss ends the reader: it is most often the one that takes the artifact away.
 * @param by whoever found it gone
 */
export function lostAgainProblem(producer: Target, by: Target, reason: StaleReason): Diagnostic {
  const [name, reader] = [shownTitle(producer), shownTitle(by)];
  return {
    code: "artifact-lost-again",
    blame: "surroundings",
    message: `${describeStaleReason(reason)} once more, after \`${name}\` was made again for \`${reader}\``,
    at: by.declaredAt,
    hint: `see what removes or changes it: \`${reader}\` itself, or something else beside this build`,
  };
}

/** A warning: what was made stands, and the state folder could not be written. */
export function unrecordedProblem(target: TargetName, cause: Diagnostic): Diagnostic {
  return {
    code: "unrecorded",
    blame: "surroundings",
    message: `the run of \`${target}\` could not be recorded, it will be made again: ${cause.message}`,
  };
}

/** A warning: lines of the log of traces whose checksum is wrong. */
export function damagedTracesProblem(count: number): Diagnostic {
  return {
    code: "damaged-traces",
    blame: "surroundings",
    message: `${count} damaged record${count === 1 ? "" : "s"} of earlier runs left out: what ${count === 1 ? "it" : "they"} told of is made again`,
  };
}

/** A target in `with` that declares no `service`. */
export function notAServiceProblem(target: Target, service: TargetName): Diagnostic {
  return {
    code: "not-a-service",
    blame: "usage",
    message: `target \`${target.name}\` has \`${service}\` in \`with\`, which is no service`,
    at: target.places["with"] ?? target.declaredAt,
    hint: `say \`service: { port: … }\` on \`${service}\``,
  };
}

/**
 * @param what follows the name: "ended with code 1 before it was ready"
 * @param lines last lines of its log
 */
export function serviceFailedProblem(
  target: Target,
  what: string,
  lines: readonly string[],
): Diagnostic {
  return {
    code: "service-failed",
    blame: "target",
    message: `service \`${target.name}\` ${what}`,
    at: target.places["service"] ?? target.declaredAt,
    details: lines,
  };
}

/** Patterns of `uses` that match no file: nothing of the service would count. */
export function usesNothingProblem(
  target: Target,
  service: TargetName,
  patterns: readonly string[],
): Diagnostic {
  return {
    code: "uses-nothing",
    blame: "usage",
    message: `target \`${target.name}\` uses ${patterns.map((p) => `\`${p}\``).join(", ")} of service \`${service}\`, which matches no file laid into it`,
    at: target.places["with"] ?? target.declaredAt,
  };
}

/** The build goes on without it. */
export const cacheUnreadableProblem = (registry: string, cause: Diagnostic): Diagnostic => ({
  ...cause,
  code: "cache-unreadable",
  message: `the shared cache \`${registry}\` is not used in this run: ${cause.message}`,
});

/** A warning: the run goes on. */
export const cacheUnwritableProblem = (registry: string, cause: Diagnostic): Diagnostic => ({
  ...cause,
  code: "cache-unwritable",
  message: `what this run makes is not kept in the shared cache \`${registry}\`: ${cause.message}`,
});

/** A warning: the target is made here, as if there were no entry. */
export const cacheDamagedProblem = (target: Target, registry: string, why: string): Diagnostic => ({
  code: "cache-damaged",
  blame: "surroundings",
  message: `the entry of target \`${target.name}\` in the shared cache \`${registry}\` is not used: ${why}`,
  hint: "it is made here; `--force` with `write: true` replaces the entry",
});

/** A warning: an output holds a link that would lead elsewhere on another machine. */
export const cacheUnmovableProblem = (target: Target, why: string): Diagnostic => ({
  code: "cache-unwritable",
  blame: "target",
  message: `what target \`${target.name}\` made is not kept in the shared cache: ${why}`,
  hint: "let links in outputs lead to outputs of the same target",
});
