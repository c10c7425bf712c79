/** Rule `run`: a command, on this machine or in the container of an image that a target makes. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import type { Command } from "../fields.ts";
import { findInputs } from "../input-files.ts";
import { usageProblem } from "../problems.ts";
import { ruleKind } from "../rule.ts";
import { outputOf, type RunValues, runFields } from "./run-fields.ts";

export const run = ruleKind({
  kind: "run",
  help: "A command",
  fields: runFields,
  check: (values, target) => [
    ...(values.in === undefined ? hostProblems(values, target) : containerProblems(values, target)),
  ],
  outputs: (values) => (values.outputs ?? []).map(outputOf),
  inputs: (values, files, target) => findInputs(values.inputs ?? [], files, target, "inputs"),
  environment: (values) => values["pass-env"] ?? [],
  title: (values) => (values.run === undefined ? "run" : `run ${shorten(values.run)}`),
  async act(values, context) {
    if (values.in === undefined) {
      const { runOnHost } = await import("./run-on-host.ts");
      return runOnHost(values, context);
    }
    const { runInContainer } = await import("./run-in-container.ts");
    return runInContainer(values, values.in, context);
  },
});

function hostProblems(values: RunValues, target: Target): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (values.network !== undefined) {
    problems.push(
      usageProblem(target, "network", {
        code: "network-on-host",
        message: "`network` is for a command in a container",
        hint: "name an image target with `in`, or leave `network` out",
      }),
    );
  }
  if (values.inputs?.some((spec) => "targets" in spec && spec.as !== undefined)) {
    problems.push(
      usageProblem(target, "inputs", {
        code: "as-on-host",
        message: "`as` is for a command in a container: on the host outputs stay where they are",
        hint: "name an image target with `in`, or leave `as` out",
      }),
    );
  }
  if (values.keep !== undefined) {
    problems.push(
      usageProblem(target, "keep", {
        code: "keep-on-host",
        message: "`keep` is for a command in a container: on the host it can keep what it likes",
        hint: "name an image target with `in`, or leave `keep` out",
      }),
    );
  }
  return problems;
}

function containerProblems(values: RunValues, target: Target): readonly Diagnostic[] {
  const service = target.with[0];
  if (values.network !== "none" || service === undefined) return [];
  return [
    usageProblem(target, "network", {
      code: "network-none-with-service",
      message: `without a network the command cannot reach its service \`${service.target}\``,
    }),
  ];
}

function shorten(command: Command): string {
  const text = "shell" in command ? command.shell : command.argv.join(" ");
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
