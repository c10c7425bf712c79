/**
 * Carries out one run: the commit into the work folder, then a tbuild of its own. Why that is safe to do twice:
 * the folder is the same in each attempt, so what is done is fresh, and a push sends the digests of what was made.
 */
import { writeFileSync } from "node:fs";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import { ok, type Result } from "../../model/result.ts";
import { Gate } from "../../net/gate.ts";
import { type Checkout, checkOut, fetchMirror } from "../git/checkout.ts";
import type { Git } from "../git/git-program.ts";
import type { ProgramEnd, StartProgram } from "../programs/program.ts";
import { type Clock, waitOn } from "../records/clock.ts";
import type { RepositoryConfig, ServerConfig } from "../records/config.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { LiveEvents } from "../records/live-events.ts";
import type { ParameterValue, Run } from "../records/run.ts";
import { markName, runChild } from "./child.ts";
import type { Execute, RunOutcome } from "./outcome.ts";
import { RunRecorder } from "./run-recorder.ts";
import { readTargets } from "./run-targets.ts";

export interface ExecuteParts {
  readonly folder: DataFolder;
  readonly live: LiveEvents;
  readonly clock: Clock;
  readonly config: () => ServerConfig;
  /** Values that no log may show. */
  readonly secrets: (repository: RepositoryConfig) => readonly string[];
  readonly git: Git;
  readonly start: StartProgram;
  /** How this very program is started: Node and its file. */
  readonly program: readonly string[];
  /** Of the server. */
  readonly environment: NodeJS.ProcessEnv;
  /** What marks the environment of what is started for runs. */
  readonly mark: string;
}

export function executeWith(parts: ExecuteParts): Execute {
  const gates = new Map<string, Gate>();
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
      const gate = gates.get(checkout.mirror) ?? new Gate(1);
      gates.set(checkout.mirror, gate);
      const prepared = await gate.through(() =>
        untilReached(checkout, { recorder, signal, parts, learn }),
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

/** Milliseconds before the next go at a server that was not reachable. */
const waits = [2000, 10_000, 30_000];

interface Preparing {
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  readonly parts: ExecuteParts;
  readonly learn: (about: Pick<Run, "subject" | "author">) => void;
}

async function untilReached(checkout: Checkout, room: Preparing): Promise<Result<void>> {
  const { recorder, signal, parts, learn } = room;
  const options = { signal, tell: (line: string) => recorder.say(line) };
  recorder.say(`commit ${checkout.commit} of ${checkout.branch}, from ${checkout.url}`);
  for (let go = 0; ; go++) {
    const fetched = await fetchMirror(parts.git, checkout, options);
    if (fetched.ok) {
      learn({
        subject: recorder.hide(fetched.value.subject),
        author: recorder.hide(fetched.value.author),
      });
      return await checkOut(parts.git, checkout, options);
    }
    const wait = waits[go];
    const mayPass = fetched.problems.every(({ transient }) => transient);
    if (signal.aborted || wait === undefined || !mayPass) return fetched;
    for (const problem of fetched.problems) recorder.sayProblem(problem);
    recorder.say(`trying again in ${wait / 1000} s`);
    await recorder.flush();
    await waitOn(parts.clock, wait, signal);
    if (signal.aborted) return ok(undefined);
  }
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
  const words = [...run.targets, ...optionsOf(run.params)];
  const graph = await graphOf([...parts.program, "graph", ...words, "--format", "json"], common);
  if (graph !== undefined) {
    recorder.expect(graph);
    writeFileSync(parts.folder.graph(run.id), JSON.stringify(graph));
  }
  const end = await runChild({
    ...common,
    argv: [...parts.program, ...words, "--log", "json"],
    onLines: (lines) => recorder.take(lines),
    onSaid: said,
  });
  return outcomeOf(end, recorder);
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

/** Where it cannot be drawn the build tells why. */
async function graphOf(
  argv: readonly string[],
  common: Pick<
    Parameters<typeof runChild>[0],
    "folder" | "environment" | "signal" | "clock" | "start"
  >,
): Promise<GraphDrawing | undefined> {
  const lines: string[] = [];
  const end = await runChild({
    ...common,
    argv,
    onLines: async (more) => void lines.push(...more),
    onSaid: async () => {},
  });
  if (end.kind !== "exited" || end.code !== 0) return undefined;
  return JSON.parse(lines.join("\n")) as GraphDrawing;
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
