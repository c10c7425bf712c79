/** `tbuild [targets…]`: brings targets up to date. */
import { build } from "../../engine/build.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import { Redactor, redactEvents } from "../../report/redact.ts";
import { againCommand } from "../again.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { makeReporter } from "../make-reporter.ts";
import { prepare, type TargetRequest } from "../prepare.ts";
import { shellWord } from "../shell-word.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { tellInterruption } from "../tell-interruption.ts";

/** @returns the exit code */
export async function runBuild(request: TargetRequest, place: Surroundings): Promise<number> {
  const { common, argv } = request;
  const prepared = prepare(request, place);
  if (!prepared.ok) return showProblems({ ...prepared, log: common.log }, place);
  const { root, project, wanted, declaration } = prepared;
  const redactor = new Redactor(project.secrets.values());
  const command = ["tbuild", ...argv.map(shellWord)].join(" ");
  const again = (target: string) => againCommand(target, argv, declaration);
  const inner = await makeReporter(common, place, { root, again, redactor });
  const reporter = tellInterruption(redactEvents(inner, redactor), place.signal);
  const engine = new LazyEngine(place);
  try {
    const result = await build(
      {
        ...common,
        project,
        wanted,
        command,
        version: place.version(),
        environment: place.environment,
        signal: place.signal,
      },
      { reporter, docker: () => engine.connect(), redact: (text) => redactor.text(text) },
    );
    return result.interrupted ? 130 : exitCodeOf(result.problems);
  } finally {
    await reporter.close();
    await engine.close();
  }
}
