/** A build as the command line asks for it: from the target file to the exit code. */

import type { ArtifactSizes } from "../engine/artifact-sizes.ts";
import { build } from "../engine/build.ts";
import type { BuildParts, PlanUse } from "../engine/build-request.ts";
import type { Question } from "../engine/run/confirmations.ts";
import { DiagnosticError, exitCodeOf } from "../model/diagnostic.ts";
import { overwriteLines, overwritesInShort } from "../model/overwrite.ts";
import { ruleOptions } from "../model/rule-options.ts";
import type { RunLine } from "../model/run-log.ts";
import { Redactor, redactEvents } from "../report/redact.ts";
import { againCommand } from "./again.ts";
import { askForYes, canAsk } from "./ask.ts";
import type { KnownPlan } from "./known-plan.ts";
import type { LazyEngine } from "./lazy-engine.ts";
import { makeReporter } from "./make-reporter.ts";
import { outputPipe, writesToPipe } from "./output-pipe.ts";
import { type Prepared, prepare, type TargetRequest } from "./prepare.ts";
import { type OpenReports, openReports, reportProblems } from "./report-files.ts";
import { readRuleOptions, withCleaning } from "./rule-options.ts";
import { commandOf } from "./shell-word.ts";
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
  tools: BuildTools,
): Promise<number> {
  const { log, reports } = request.common;
  const prepared = await prepareBuild(request, place, tools);
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const { root } = prepared;
  const unwritable = reportProblems(reports);
  if (unwritable.length > 0) return showProblems({ problems: unwritable, root, log }, place);
  const open = await openReports(reports);
  if (!open) return buildPrepared(request, prepared, place, tools);
  const measured = open.draw && (await measuredReports(prepared, open.draw));
  const record = (line: RunLine): void => {
    open.record(line);
    measured?.take(line);
  };
  const code = await buildPrepared(request, prepared, place, { ...tools, record });
  if (!place.signal.aborted) await measured?.learn(await tools.engine.connected());
  const unwritten = open.write();
  if (unwritten.length === 0) return code;
  // In words for programs too: they have had their last line.
  const late = await showProblems({ problems: unwritten, root }, place);
  return code === 0 ? late : code;
}

/** What shows the graph shows sizes too. */
async function measuredReports(
  prepared: Prepared & { readonly ok: true },
  draw: NonNullable<OpenReports["draw"]>,
): Promise<ArtifactSizes> {
  const [{ ArtifactSizes }, { drawReports }] = await Promise.all([
    import("../engine/artifact-sizes.ts"),
    import("./draw-reports.ts"),
  ]);
  const sizes = new ArtifactSizes(prepared.root);
  drawReports(prepared, draw, sizes);
  return sizes;
}

type PreparedBuild = Prepared & { readonly digests?: string };

/** With what the options for targets of one rule say. */
async function prepareBuild(
  request: TargetRequest,
  place: Surroundings,
  { known }: BuildTools,
): Promise<PreparedBuild> {
  const prepared = await prepare(request, place, {
    ownOptions: ruleOptions,
    checked: known?.checked,
  });
  if (!prepared.ok) return prepared;
  try {
    const { cleaning, ...more } = readRuleOptions(prepared.own, request.common);
    return { ...prepared, ...more, project: withCleaning(prepared.project, cleaning) };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { root, tried } = prepared;
    return { ok: false, root, tried, problems: [error.diagnostic] };
  }
}

async function buildPrepared(
  { common, argv }: TargetRequest,
  prepared: PreparedBuild & { readonly ok: true },
  place: Surroundings,
  { engine, known, record }: BuildTools & Pick<BuildParts, "record">,
): Promise<number> {
  const { root, project, wanted, pins, declaration, limits, digests } = prepared;
  const redactor = new Redactor(project.secrets.values());
  const command = commandOf(argv);
  const again = (target: string) => againCommand(target, argv, declaration);
  const inner = await makeReporter(common, place, { root, again, redactor });
  const reporter = tellInterruption(redactEvents(inner, redactor), place.signal);
  const { environment, signal } = place;
  const plan = planUse(known, prepared);
  const pipe = outputPipe(place, common);
  const unwritable = wanted.some((name) => writesToPipe(project.targets.get(name))) && pipe.problem;
  if (unwritable) return showProblems({ problems: [unwritable], root, log: common.log }, place);
  const asked = { ...common, project, wanted, pins, limits, command, version: place.version() };
  try {
    const result = await build(
      {
        ...asked,
        environment,
        signal,
        ...(plan && { plan }),
        ...(digests !== undefined && { digests }),
      },
      {
        reporter,
        docker: () => engine.connect(),
        pipe: pipe.take,
        ...(canAsk(common, place) && { ask: (question, signal) => ask(question, place, signal) }),
        redact: (text) => redactor.text(text),
        ...(record && { record }),
      },
    );
    return result.interrupted ? 130 : exitCodeOf(result.problems);
  } finally {
    await reporter.close();
  }
}

/** Everything that would be lost is told first, with what is needed to have it back. */
function ask(question: Question, place: Surroundings, signal: AbortSignal): Promise<boolean> {
  const { title, overwrites } = question;
  const lines = [
    `${title}: ${overwritesInShort(overwrites)}, which cannot be undone`,
    ...overwriteLines(overwrites).map((line) => `  ${line}`),
  ];
  place.err.write(lines.map((line) => `${line}\n`).join(""));
  return askForYes("push all the same?", place, signal);
}

/** A secret that is read from a file is looked at by no plan, so that there is none. */
/** Neither a secret that is read from a file nor a commit that nobody locked is looked at by a plan: there is none. */
function planUse(
  known: KnownPlan | undefined,
  { declaration, definitions, git, mayMove, readsSecretFile }: Prepared & { readonly ok: true },
): PlanUse | undefined {
  if (!known || readsSecretFile || mayMove) return undefined;
  const { key, checked } = known;
  return {
    key,
    ...(checked && { checked }),
    files: declaration.files,
    variables: declaration.parameters.flatMap(({ env, type }) =>
      env === undefined ? [] : [{ name: env, secret: type === "secret" }],
    ),
    definitions,
    usesGit: git.isUsed,
    ...(git.counted && { git: git.counted }),
  };
}
