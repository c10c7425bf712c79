/**
 * Carries out one run: the commit into the work folder, then a tbuild of its own. Why that is safe to do twice:
 * the folder is the same in each attempt, so what is done is fresh, and a push sends the digests of what was made.
 */
import { writeFileSync } from "node:fs";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import type { Checkout } from "../git/checkout.ts";
import type { Git } from "../git/git-program.ts";
import type { ProgramEnd, StartProgram } from "../programs/program.ts";
import type { Clock } from "../records/clock.ts";
import type { RepositoryConfig, ServerConfig } from "../records/config.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { LiveEvents } from "../records/live-events.ts";
import type { ParameterValue, Run } from "../records/run.ts";
import { type AskTbuild, askTbuild } from "./ask-tbuild.ts";
import { markName, runChild } from "./child.ts";
import type { Inventories } from "./inventories.ts";
import type { MirrorUse } from "./mirror-use.ts";
import { obtainCheckout } from "./obtain-checkout.ts";
import type { Execute, RunOutcome } from "./outcome.ts";
import { RunRecorder } from "./run-recorder.ts";
import { readTargets } from "./run-targets.ts";
import { takeInventory } from "./take-inventory.ts";

export interface ExecuteParts {
  readonly folder: DataFolder;
  readonly live: LiveEvents;
  readonly clock: Clock;
  readonly config: () => ServerConfig;
  /** Values that no log may show. */
  readonly secrets: (repository: RepositoryConfig) => readonly string[];
  readonly git: Git;
  readonly inventories: Inventories;
  readonly mirrors: MirrorUse;
  readonly start: StartProgram;
  /** How this very program is started: Node and its file. */
  readonly program: readonly string[];
  /** Of the server. */
  readonly environment: NodeJS.ProcessEnv;
  /** What marks the environment of what is started for runs. */
  readonly mark: string;
}

export function executeWith(parts: ExecuteParts): Execute {
  return async (run, { signal, learn }) => {
    const repository = parts.config().repositories.find(({ name }) => name === run.repository);
    if (repository === undefined) return gone(run.repository);
    const recorder = await recorderOf(run, repository, parts);
    recorder.begin(run.attempts);
    try {
      const checkout: Checkout = {
        url: repository.url,
        branch: run.branch,
        commit: run.commit,
        mirror: parts.folder.mirror(run.repository),
        work: parts.folder.work(run.repository, run.branch),
      };
      const prepared = await parts.mirrors.byRun(run.repository, () =>
        obtainCheckout(checkout, { recorder, signal, parts, learn }),
      );
      if (!prepared.ok) return failedBy(prepared.problems, recorder);
      return await build(run, repository, { parts, recorder, signal, folder: checkout.work });
    } finally {
      await recorder.close();
    }
  };
}

const gone = (name: string): RunOutcome => ({
  kind: "ended",
  state: "failed",
  problem: `repository \`${name}\` is in the configuration no more`,
});

async function recorderOf(
  run: Run,
  repository: RepositoryConfig,
  { folder, live, clock, secrets }: ExecuteParts,
): Promise<RunRecorder> {
  const folded = await readTargets(folder, run.id);
  const since = Date.parse(run.startedAt ?? run.queuedAt);
  return new RunRecorder(run.id, folded, {
    folder,
    live,
    clock,
    secrets: secrets(repository),
    elapsed: () => clock.date().getTime() - since,
  });
}

function failedBy(problems: readonly Diagnostic[], recorder: RunRecorder): RunOutcome {
  for (const problem of problems) recorder.sayProblem(problem);
  return {
    kind: "ended",
    state: "failed",
    exitCode: problems.some(({ blame }) => blame === "surroundings") ? 3 : 1,
    ...(problems[0] && { problem: problems[0].message }),
  };
}

interface Building {
  readonly parts: ExecuteParts;
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  readonly folder: string;
}

async function build(
  run: Run,
  repository: RepositoryConfig,
  { parts, recorder, signal, folder }: Building,
): Promise<RunOutcome> {
  if (signal.aborted) return { kind: "left" };
  const environment = {
    ...environmentOf(repository, parts.environment),
    [markName]: `${parts.mark}${run.id}`,
  };
  const common = { folder, environment, signal, clock: parts.clock, start: parts.start };
  const said = async (lines: readonly string[]) => {
    for (const line of lines) recorder.say(line);
    await recorder.flush();
  };
  const options = optionsOf(run.params);
  if (repository.update) {
    recorder.say("asking again what names of servers stand for");
    const argv = [...parts.program, "update", ...repository.update, ...options];
    const end = await runChild({ ...common, argv, onLines: said, onSaid: said });
    const failed = notUpdated(end);
    if (failed !== undefined) return failed;
  }
  const words = [...run.targets, ...options];
  // Where it cannot be drawn the build tells why.
  const drawn = await askTbuild([...parts.program, "graph", ...words, "--format", "json"], common);
  const graph = drawn as GraphDrawing | undefined;
  if (graph !== undefined) {
    // Whoever is told of it finds it there.
    writeFileSync(parts.folder.graph(run.id), JSON.stringify(graph));
    recorder.expect(graph);
  }
  const end = await runChild({
    ...common,
    argv: [...parts.program, ...words, "--log", "json"],
    onLines: (lines) => recorder.take(lines),
    onSaid: said,
  });
  const outcome = outcomeOf(end, recorder);
  if (outcome.kind === "ended" && outcome.state === "passed" && !signal.aborted) {
    await takeInventoryOf(run, { parts, recorder }, common);
  }
  return outcome;
}

async function takeInventoryOf(
  run: Run,
  { parts, recorder }: Pick<Building, "parts" | "recorder">,
  request: AskTbuild,
): Promise<void> {
  const { inventories, git, program, folder } = parts;
  const own = {
    ...{ inventories, git, program, mirror: folder.mirror(run.repository) },
    options: optionsOf(run.params),
    hide: (text: string) => recorder.hide(text),
  };
  const problem = await takeInventory(run, own, request);
  if (problem !== undefined) recorder.say(problem);
}

/** Undefined where all was asked. */
function notUpdated(end: ProgramEnd): RunOutcome | undefined {
  if (end.kind === "exited" && end.code === 0) return undefined;
  const problem = "names of servers could not be asked again";
  const exitCode = end.kind === "exited" ? end.code : 3;
  return { kind: "ended", state: "failed", exitCode, problem };
}

/**
 * `--NAME=VALUE`: one word, so that no value can be taken for an option.
 * @internal exported for its test
 */
export function optionsOf(params: Readonly<Record<string, ParameterValue>>): readonly string[] {
  return Object.entries(params).map(([name, value]) => {
    if (typeof value === "boolean") return value ? `--${name}` : `--no-${name}`;
    return `--${name}=${value}`;
  });
}

function outcomeOf(end: ProgramEnd, { folded }: RunRecorder): RunOutcome {
  const { counts, pushed } = folded;
  const told = {
    ...(counts && { counts }),
    ...(pushed.length > 0 && { pushed }),
  };
  const ended = { kind: "ended", ...told } as const;
  switch (end.kind) {
    case "not-started":
      return { ...ended, state: "failed", problem: `tbuild could not be started: ${end.why}` };
    case "signalled":
      return { ...ended, state: "failed", problem: `tbuild was ended by ${end.by}` };
    case "exited": {
      if (end.code === 0) return { ...ended, state: "passed", exitCode: 0 };
      const problem = folded.problem ?? `tbuild ended with exit code ${end.code}`;
      return { ...ended, state: "failed", exitCode: end.code, problem };
    }
  }
}

/** What programs need to work at all, and to reach an engine and the network; the rest is said by `environment`. */
const always =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_RUNTIME_DIR|DOCKER_(HOST|CONFIG|CERT_PATH|TLS_VERIFY)|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy)$/;

function environmentOf(
  { environment }: RepositoryConfig,
  all: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const kept = Object.entries(all).filter(
    ([name]) => always.test(name) || environment.includes(name),
  );
  return Object.fromEntries(kept);
}
