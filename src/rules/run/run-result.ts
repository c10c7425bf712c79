/** What became of a command: its environment before, its outputs or its failure after. */
import { lstatSync } from "node:fs";
import path from "node:path";
import type { FilesView } from "../../files/files-view.ts";
import type { Artifact } from "../../model/artifact.ts";
import { pick } from "../caller-environment.ts";
import { imageOf } from "../lay-outputs.ts";
import { artifactOf } from "../output-files.ts";
import { failed, failure } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { secretOf } from "../secret-of.ts";
import { outputOf, type RunValues, variablesOf } from "./run-fields.ts";
import { SaidLines } from "./said-lines.ts";

/** The variables that the rule itself sets, the later ones winning. */
export function declaredEnvironment(
  values: RunValues,
  context: ActContext,
): Record<string, string> {
  return {
    ...values.env,
    ...pick(context.environment, values["pass-env"] ?? []),
    ...imageVariables(values, context),
    ...secretVariables(values, context),
    ...variablesOf(values.run),
  };
}

function imageVariables(values: RunValues, context: ActContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values.images ?? {}).map(([variable, target]) => [
      variable,
      imageOf(context, "images", target).digest,
    ]),
  );
}

function secretVariables(values: RunValues, context: ActContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values.secrets ?? {}).map(([variable, parameter]) => [
      variable,
      secretOf(context, parameter),
    ]),
  );
}

/** What the command says; what it warns of is told at once, as that of its target. */
export const listen = ({ target, progress }: ActContext): SaidLines =>
  new SaidLines((text) =>
    progress.warn({
      code: "command-warned",
      blame: "target",
      message: `\`${target.alternativeOf ?? target.name}\` warns: ${text}`,
    }),
  );

/** A command that ended with something else than 0: in its own words, where it found some. */
export function commandFailure(how: string, exitCode: number, said: SaidLines): ActOutcome {
  const { message, more } = said.failure(`command ${how}`);
  const problem = failure("target", "command-failed", message, { ...more, exitCode });
  return failed(problem.diagnostic);
}

/** The declared outputs of a command that succeeded, or the failure to make one. */
export async function collectOutputs(
  values: RunValues,
  { files, signal }: ActContext,
): Promise<ActOutcome> {
  const made = (values.outputs ?? []).flatMap((declared) =>
    filesAt(outputOf(declared).path, files),
  );
  const ahead = files.readAhead(made, signal);
  if (ahead) await ahead;
  const artifacts: Artifact[] = [];
  for (const declared of values.outputs ?? []) {
    const output = outputOf(declared);
    const artifact = artifactOf(files, output);
    if (artifact === undefined) return missingOutput(declared);
    if (artifact.kind !== output.kind) return wrongOutput(declared, artifact.kind);
    artifacts.push(artifact);
  }
  return { kind: "made", artifacts };
}

/** A folder's files, or the file itself. */
function filesAt(output: string, files: FilesView): readonly string[] {
  const place = files.absolute(output);
  const isFolder = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? files.list(output).map((name) => path.join(place, name)) : [place];
}

export function missingOutput(declared: string): ActOutcome {
  const message = `target made no \`${declared}\`, which it declares as output`;
  return failed(failure("target", "output-not-made", message).diagnostic);
}

function wrongOutput(declared: string, made: "file" | "tree"): ActOutcome {
  const [found, hint] =
    made === "tree"
      ? ["folder", `write \`${declared}/\` for a folder`]
      : ["file", `write \`${declared.replace(/\/+$/, "")}\` for a file`];
  const message = `output \`${declared}\` is a ${found}`;
  return failed(failure("target", "output-of-other-kind", message, { hint }).diagnostic);
}
