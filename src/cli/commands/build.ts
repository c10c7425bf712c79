/** `tbuild [targets…]`: brings targets up to date. */
import { build } from "../../engine/build.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import type { RunLine } from "../../model/run-log.ts";
import { Redactor, redactEvents } from "../../report/redact.ts";
import { againCommand } from "../again.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { makeReporter } from "../make-reporter.ts";
import { type Prepared, prepare, type TargetRequest } from "../prepare.ts";
import { profileProblem, writeProfile } from "../profile-file.ts";
import { shellWord } from "../shell-word.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { tellInterruption } from "../tell-interruption.ts";

/** @returns the exit code */
export async function runBuild(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log, profile } = request.common;
  const prepared = prepare(request, place);
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const { root } = prepared;
  if (profile === undefined) return buildPrepared(request, prepared, place);
  const unwritable = profileProblem(profile);
  if (unwritable) return showProblems({ problems: [unwritable], root, log }, place);
  const lines: RunLine[] = [];
  const code = await buildPrepared(request, prepared, place, (line) => lines.push(line));
  const unwritten = await writeProfile(profile, lines);
  if (!unwritten) return code;
  // In words for programs too: they have had their last line.
  const late = await showProblems({ problems: [unwritten], root }, place);
  return code === 0 ? late : code;
}

async function buildPrepared(
  { common, argv }: TargetRequest,
  { root, project, wanted, declaration }: Prepared & { readonly ok: true },
  place: Surroundings,
  record?: (line: RunLine) => void,
): Promise<number> {
  const redactor = new Redactor(project.secrets.values());
  const command = ["tbuild", ...argv.map(shellWord)].join(" ");
  const again = (target: string) => againCommand(target, argv, declaration);
  const inner = await makeReporter(common, place, { root, again, redactor });
  const reporter = tellInterruption(redactEvents(inner, redactor), place.signal);
  const engine = new LazyEngine(place);
  const { environment, signal } = place;
  try {
    const result = await build(
      { ...common, project, wanted, command, version: place.version(), environment, signal },
      {
        reporter,
        docker: () => engine.connect(),
        redact: (text) => redactor.text(text),
        ...(record && { record }),
      },
    );
    return result.interrupted ? 130 : exitCodeOf(result.problems);
  } finally {
    await reporter.close();
    await engine.close();
  }
}
