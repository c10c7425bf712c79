/** `tbuild [targets…]`: brings targets up to date. */
import type { Declaration } from "../../config/declaration.ts";
import { expand } from "../../config/expand.ts";
import { resolveParameters } from "../../config/resolve-parameters.ts";
import type { Docker } from "../../docker/docker.ts";
import { build } from "../../engine/build.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import { ok, type Result } from "../../model/result.ts";
import type { Project, TargetName } from "../../model/target.ts";
import { Redactor, redactEvents } from "../../report/redact.ts";
import { againCommand } from "../again.ts";
import { loadDeclaration } from "../load.ts";
import { makeReporter } from "../make-reporter.ts";
import { readArguments } from "../read-arguments.ts";
import type { Request } from "../request.ts";
import { shellWord } from "../shell-word.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { tellInterruption } from "../tell-interruption.ts";

type BuildRequest = Request & { readonly kind: "build" };

/** @returns the exit code */
export async function runBuild(
  { common, argv }: BuildRequest,
  place: Surroundings,
): Promise<number> {
  const { root, declaration } = loadDeclaration(common);
  const prepared = declaration.ok
    ? prepare(declaration.value, { common, argv }, place)
    : declaration;
  if (!prepared.ok || !declaration.ok) {
    const problems = prepared.ok ? [] : prepared.problems;
    return showProblems({ problems, root, log: common.log }, place);
  }
  const { project, wanted } = prepared.value;
  const redactor = new Redactor(project.secrets.values());
  const command = ["tbuild", ...argv.map(shellWord)].join(" ");
  const again = (target: string) => againCommand(target, argv, declaration.value);
  const inner = await makeReporter(common, place, { root, again, redactor });
  const reporter = tellInterruption(redactEvents(inner, redactor), place.signal);
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
  declaration: Declaration,
  { common, argv }: Pick<BuildRequest, "common" | "argv">,
  { environment }: Surroundings,
): Result<Prepared> {
  const read = readArguments(argv, declaration);
  if (!read.ok) return read;
  const { given } = read.value;
  const values = resolveParameters(declaration, given, environment, common.directory);
  if (!values.ok) return values;
  const project = expand(declaration, values.value);
  if (!project.ok) return project;
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
