/** Runs a command of a `run` target on this machine, in the folder of the target file that declares it. */

import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { isOnDisk } from "../../model/artifact.ts";
import { workspaceVariable } from "../../store/leftovers.ts";
import { hostEnvironment, proxyVariables, serviceUrls } from "../caller-environment.ts";
import type { ProcessEnd } from "../commands/process-group.ts";
import { clearOutput, isAtOrBelow, shownPath, whyNotOurs } from "../output-files.ts";
import { failed, failure, usageError } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { argvOf, outputOf, type RunValues } from "./run-fields.ts";
import { collectOutputs, commandFailure, declaredEnvironment, listen } from "./run-result.ts";
import type { SaidLines } from "./said-lines.ts";

/**
 * Removes the outputs of an earlier run, runs the command, and takes its outputs. When it fails or
 * is cancelled they are removed again: what is half written must not stand.
 */
export async function runOnHost(values: RunValues, context: ActContext): Promise<ActOutcome> {
  const outputs = (values.outputs ?? []).map((declared) => outputOf(declared).path);
  refuseInputsAsOutputs(outputs, context);
  setAsideForeign(outputs, context);
  context.begin(outputs);
  for (const output of outputs) clearOutput(context, output);
  let outcome: ActOutcome | undefined;
  try {
    outcome = await command(values, context);
  } finally {
    if (outcome?.kind !== "made") for (const output of outputs) clearOutput(context, output);
  }
  return outcome;
}

async function command(values: RunValues, context: ActContext): Promise<ActOutcome> {
  const said = listen(context);
  const end = await context.commands.run(
    {
      argv: argvOf(values.run),
      folder: path.join(context.project.root, context.target.folder ?? ""),
      environment: environmentOf(values, context),
      onLine(line) {
        said.add(line);
        context.progress.output(line);
      },
    },
    context.signal,
  );
  return isSuccess(end) ? collectOutputs(values, context) : failureOf(end, values, said);
}

function environmentOf(values: RunValues, context: ActContext): Record<string, string> {
  const { environment, services } = context;
  return {
    ...hostEnvironment(environment),
    ...proxyVariables(
      environment,
      services.map((service) => service.localHost),
    ),
    ...serviceUrls(services, ({ localHost, hostPort }) => `http://${localHost}:${hostPort}`),
    ...declaredEnvironment(values, context),
    [workspaceVariable]: context.workspaceId,
  };
}

const isSuccess = (end: ProcessEnd): boolean => end.kind === "exited" && end.code === 0;

function failureOf(end: ProcessEnd, values: RunValues, said: SaidLines): ActOutcome {
  switch (end.kind) {
    case "exited":
      return commandFailure(`failed with exit code ${end.code}`, end.code, said);
    case "signalled":
      return commandFailure(`was ended by signal ${end.signal}`, codeOf(end.signal), said);
    case "not-started": {
      const program = argvOf(values.run)[0] ?? "";
      const why = end.why === "ENOENT" ? "was not found" : `cannot be started: ${end.why}`;
      return failed(
        failure("target", "command-failed", `program \`${program}\` ${why}`).diagnostic,
      );
    }
  }
}

/** As shells count: 128 and the number of the signal. */
const codeOf = (signal: string): number => 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);

/** Outputs are removed before the command starts: never what it, or tbuild itself, reads. */
function refuseInputsAsOutputs(outputs: readonly string[], context: ActContext): void {
  const { root } = context.project;
  const read = context.inputs.map((input) => ({ what: `input \`${input.name}\``, at: input.path }));
  for (const at of context.project.files) {
    read.push({ what: `target file \`${shownPath(root, at)}\``, at });
  }
  for (const output of outputs) {
    const clash = read.find(({ at }) => isAtOrBelow(path.resolve(root, output), at));
    if (clash === undefined) continue;
    throw usageError(context.target, "outputs", {
      code: "output-is-input",
      message: `output \`${output}\` holds ${clash.what}`,
      hint: "outputs are removed before the command starts: name a place of their own",
    });
  }
}

/**
 * What stands where an output will be, and no trace tells that a target made it, may be somebody's
 * work: it is moved away and not removed.
 */
function setAsideForeign(outputs: readonly string[], context: ActContext): void {
  const known = new Set(context.previous.flatMap((made) => (isOnDisk(made) ? made.path : [])));
  for (const output of outputs) {
    const place = path.join(context.project.root, output);
    if (known.has(output) || isNothing(place) || context.madeFiles.includes(output)) continue;
    if (whyNotOurs(context.project.root, output) !== undefined) continue;
    const aside = freePlace(path.join(context.stateFolder, "set-aside", output));
    mkdirSync(path.dirname(aside), { recursive: true });
    renameSync(place, aside);
    context.progress.warn({
      code: "set-aside",
      blame: "usage",
      message: `\`${output}\` was there and no record tells that tbuild made it: moved to \`${path.relative(context.project.root, aside)}\``,
    });
  }
}

/** Nothing, or a folder without anything in it. */
function isNothing(place: string): boolean {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isDirectory() && readdirSync(place).length === 0;
}

function freePlace(wanted: string): string {
  for (let count = 1; ; count++) {
    const place = count === 1 ? wanted : `${wanted}.${count}`;
    if (!existsSync(place)) return place;
  }
}
