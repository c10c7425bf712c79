/** `tbuild purge`: removes everything that the workspace ever made. Asks before, or is told `--yes`. */
import type { Declaration } from "../../config/declaration.ts";
import { type PurgeOutcome, purge } from "../../engine/purge.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import { Redactor } from "../../report/redact.ts";
import { askForYes, canAsk } from "../ask.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { loadDeclaration } from "../load.ts";
import { makeReporter } from "../make-reporter.ts";
import type { Request } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import * as problems from "../usage-problems.ts";

type PurgeRequest = Request & { readonly kind: "purge" };

/** @returns the exit code: 0 too where the user said no */
export async function runPurge(request: PurgeRequest, place: Surroundings): Promise<number> {
  const { common } = request;
  const { root, declaration } = loadDeclaration(common);
  if (!declaration.ok) return showProblems({ ...declaration, root, log: common.log }, place);
  const asks = !common.dryRun && !common.yes;
  if (asks && !canAsk(common, place)) {
    return showProblems({ problems: [problems.purgeUnasked()], root, log: common.log }, place);
  }
  const engine = new LazyEngine(place);
  try {
    return await purgeWorkspace(request, declaration.value, engine, place);
  } finally {
    await engine.close();
  }
}

async function purgeWorkspace(
  { common }: PurgeRequest,
  { name, root, files }: Declaration,
  engine: LazyEngine,
  place: Surroundings,
): Promise<number> {
  const redactor = new Redactor([]);
  const reporter = await makeReporter(common, place, { root, again: () => "", redactor });
  const { dryRun } = common;
  const startedAt = performance.now();
  try {
    const outcome = await purge(
      {
        project: { name, root, files: files.map(({ path }) => path) },
        dryRun,
        command: "tbuild purge",
        signal: place.signal,
      },
      {
        reporter,
        docker: () => engine.connect(),
        ...(!common.yes && {
          confirm: () => askForYes("remove all of this?", place, place.signal),
        }),
      },
    );
    const code = await tell(outcome, { common, root }, place);
    const none = { built: 0, fresh: 0, failed: 0, skipped: 0 };
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    if (outcome.kind !== "failed") reporter.report({ kind: "finished", ...none, seconds });
    return code;
  } catch (error) {
    if (place.signal.aborted) return 130;
    throw error;
  } finally {
    await reporter.close();
  }
}

async function tell(
  outcome: PurgeOutcome,
  { common, root }: { readonly common: PurgeRequest["common"]; readonly root: string },
  place: Surroundings,
): Promise<number> {
  if (outcome.kind === "failed") {
    await showProblems({ problems: [outcome.problem], root, log: common.log }, place);
    return exitCodeOf([outcome.problem]);
  }
  const line = outcome.kind === "removed" ? outcome.note : "nothing was removed";
  if (!common.quiet && common.log !== "json") place.err.write(`${line}\n`);
  return 0;
}
