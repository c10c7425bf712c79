/** A build as the command line asks for it: from the target file to the exit code. */
import { definitionsOf } from "../config/definitions.ts";
import { build } from "../engine/build.ts";
import type { PlanUse } from "../engine/build-request.ts";
import { exitCodeOf } from "../model/diagnostic.ts";
import { Redactor, redactEvents } from "../report/redact.ts";
import { againCommand } from "./again.ts";
import type { KnownPlan } from "./known-plan.ts";
import type { LazyEngine } from "./lazy-engine.ts";
import { makeReporter } from "./make-reporter.ts";
import { type Prepared, prepare, type TargetRequest } from "./prepare.ts";
import { shellWord } from "./shell-word.ts";
import { showProblems } from "./show-problems.ts";
import type { Surroundings } from "./surroundings.ts";
import { tellInterruption } from "./tell-interruption.ts";

export interface BuildTools {
  readonly engine: LazyEngine;
  readonly known: KnownPlan | undefined;
}

/** @returns the exit code */
export async function buildTargets(
  request: TargetRequest,
  place: Surroundings,
  { engine, known }: BuildTools,
): Promise<number> {
  const { common, argv } = request;
  const prepared = prepare(request, place, { checked: known?.checked });
  if (!prepared.ok) return showProblems({ ...prepared, log: common.log }, place);
  const { root, project, wanted, declaration } = prepared;
  const redactor = new Redactor(project.secrets.values());
  const command = ["tbuild", ...argv.map(shellWord)].join(" ");
  const again = (target: string) => againCommand(target, argv, declaration);
  const inner = await makeReporter(common, place, { root, again, redactor });
  const reporter = tellInterruption(redactEvents(inner, redactor), place.signal);
  const { environment, signal } = place;
  const plan = planUse(known, prepared);
  try {
    const result = await build(
      { ...common, project, wanted, command, environment, signal, ...(plan && { plan }) },
      { reporter, docker: () => engine.connect(), redact: (text) => redactor.text(text) },
    );
    return result.interrupted ? 130 : exitCodeOf(result.problems);
  } finally {
    await reporter.close();
  }
}

/** A secret that is read from a file is looked at by no plan, so that there is none. */
function planUse(
  known: KnownPlan | undefined,
  { declaration, values, readsSecretFile }: Prepared & { readonly ok: true },
): PlanUse | undefined {
  if (!known || readsSecretFile) return undefined;
  return {
    ...known,
    files: declaration.files,
    variables: declaration.parameters.flatMap(({ env, type }) =>
      env === undefined ? [] : [{ name: env, secret: type === "secret" }],
    ),
    definitions: () => definitionsOf(declaration, values),
  };
}
