/** `tbuild init` and `tbuild import`: a first target file from files of other tools, and what they say besides. */
import { existsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Loss } from "../../import/draft.ts";
import { lossText } from "../../import/draft.ts";
import { type Imported, importFile, importFolder } from "../../import/import-folder.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import * as problems from "../init-problems.ts";
import type { CommonRequest, Request } from "../request.ts";
import { showProblems, showWarnings } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { noFolder } from "../usage-problems.ts";
import { runList } from "./list.ts";

type InitRequest = Request & { readonly kind: "init" };
type ImportRequest = Request & { readonly kind: "import" };

/** @returns the exit code */
export async function runInit(request: InitRequest, place: Surroundings): Promise<number> {
  const root = path.resolve(request.common.directory, request.folder ?? ".");
  if (!isFolder(root)) return refuse(noFolder(root), request.common, place);
  return write(root, () => importFolder(root, request.from), request, place);
}

/** @returns the exit code */
export async function runImport(request: ImportRequest, place: Surroundings): Promise<number> {
  const named = path.resolve(request.common.directory, request.source ?? ".");
  const root = isFolder(named) ? named : path.dirname(named);
  const file = isFolder(named) ? ".deploy.yaml" : path.basename(named);
  return write(root, () => importFile(root, file, request.format), request, place);
}

const isFolder = (name: string): boolean =>
  statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;

async function write(
  root: string,
  read: () => Result<Imported>,
  { common, output }: { readonly common: CommonRequest; readonly output?: string },
  place: Surroundings,
): Promise<number> {
  const to = placeOf(root, output, common);
  if (!to.ok) return showProblems({ ...to, root: common.directory, log: common.log }, place);
  const imported = read();
  if (!imported.ok) return showProblems({ ...imported, root, log: common.log }, place);
  const { text, losses } = imported.value;
  if (to.value === "-") {
    place.out.write(text);
    await tellLosses(losses, root, common, place);
    return 0;
  }
  const problem = writeText(to.value, text);
  if (problem !== undefined) return refuse(problem, common, place);
  if (!common.quiet && common.log !== "json") tell(to.value, imported.value, common, place);
  await tellLosses(losses, root, common, place);
  // What was written is read again as every later command does, so that a mistake shows now.
  return runList({ ...common, directory: root, file: to.value }, place);
}

const refuse = (problem: Diagnostic, { directory, log }: CommonRequest, place: Surroundings) =>
  showProblems({ problems: [problem], root: directory, log }, place);

/** Where to write, `-` for standard output: paths in a target file start at its own folder. */
function placeOf(
  root: string,
  output: string | undefined,
  { directory, dryRun, force }: CommonRequest,
): Result<string> {
  if (output === "-" || dryRun) return ok("-");
  const file =
    output === undefined ? path.join(root, "targets.yaml") : path.resolve(directory, output);
  if (path.dirname(file) !== root) return fail(problems.outputElsewhere(output ?? file, root));
  if (existsSync(file) && !force)
    return fail(problems.targetFileThere(path.relative(directory, file)));
  return ok(file);
}

function writeText(file: string, text: string): Diagnostic | undefined {
  try {
    writeFileSync(file, text);
    return undefined;
  } catch (error) {
    return problems.unwritableTargetFile(file, (error as Error).message);
  }
}

function tell(
  file: string,
  { from, others }: Imported,
  { directory }: CommonRequest,
  { out }: Surroundings,
): void {
  out.write(`wrote ${path.relative(directory, file)} from ${from}\n`);
  for (const { name, what } of others)
    out.write(`left out the ${what}: \`--from ${name}\` reads it\n`);
}

async function tellLosses(
  losses: readonly Loss[],
  root: string,
  { log, quiet }: CommonRequest,
  place: Surroundings,
): Promise<void> {
  if (log === "json") {
    const problems = losses.map(
      (loss): Diagnostic => ({
        code: "not-translated",
        blame: "usage",
        message: lossText(loss),
        at: loss.at,
      }),
    );
    await showWarnings({ problems, root, log }, place);
  } else if (!quiet) {
    place.err.write(
      losses.map((loss) => `${loss.at.file}:${loss.at.line}: ${lossText(loss)}\n`).join(""),
    );
  }
}
