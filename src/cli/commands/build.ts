/** `tbuild [targets…]`: brings targets up to date. */
import { expand } from "../../config/expand.ts";
import { resolveParameters } from "../../config/resolve-parameters.ts";
import type { Docker } from "../../docker/docker.ts";
import { build } from "../../engine/build.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { Project, TargetName } from "../../model/target.ts";
import { Redactor, redactEvents } from "../../report/redact.ts";
import { loadDeclaration } from "../load.ts";
import { makeReporter } from "../make-reporter.ts";
import { readArguments } from "../read-arguments.ts";
import type { CommonRequest, Request } from "../request.ts";
import { shellWord } from "../shell-word.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

type BuildRequest = Request & { readonly kind: "build" };

/** @returns the exit code */
export async function runBuild(
  { common, argv }: BuildRequest,
  place: Surroundings,
): Promise<number> {
  const prepared = prepare(common, argv, place);
  if (!prepared.ok) {
    await showProblems(prepared.problems, common.directory, place);
    return exitCodeOf(prepared.problems);
  }
  const { project, wanted } = prepared.value;
  const redactor = new Redactor(project.secrets.values());
  const command = ["tbuild", ...argv.map(shellWord)].join(" ");
  const inner = await makeReporter(common, place, { root: project.root, argv, redactor });
  const reporter = redactEvents(inner, redactor);
  const engine = new LazyEngine(place);
  try {
    const result = await build(
      { ...common, project, wanted, command, environment: place.environment, signal: place.signal },
      { reporter, docker: () => engine.connect(), redact: (text) => redactor.text(text) },
    );
    return result.interrupted ? 130 : exitCodeOf(result.problems);
  } finally {
    await reporter.close();
    await engine.close();
  }
}

interface Prepared {
  readonly project: Project;
  readonly wanted: readonly TargetName[];
}

function prepare(
  common: CommonRequest,
  argv: readonly string[],
  { cwd, environment }: Surroundings,
): Result<Prepared> {
  const declaration = loadDeclaration(common);
  if (!declaration.ok) return declaration;
  const read = readArguments(argv, declaration.value);
  if (!read.ok) return read;
  const values = resolveParameters(declaration.value, read.value.given, environment, cwd);
  if (!values.ok) return values;
  const project = expand(declaration.value, values.value);
  if (!project.ok) return fail(...project.problems);
  return ok({ project: project.value, wanted: read.value.wanted });
}

/** Connects when the engine is first asked something: a build of files alone needs none. */
class LazyEngine {
  readonly #place: Surroundings;
  #docker: Promise<Docker> | undefined;

  constructor(place: Surroundings) {
    this.#place = place;
  }

  connect(): Promise<Docker> {
    this.#docker ??= this.#place.connectDocker(this.#place.environment);
    return this.#docker;
  }

  async close(): Promise<void> {
    (await this.#docker?.catch(() => undefined))?.close();
  }
}
