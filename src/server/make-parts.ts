/** Makes the parts of the server and tells each of the others. What they are begun and ended with stands in `serve`. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { ConfigFile } from "./config/config-file.ts";
import { missingSecrets, readSecret, secretsOf } from "./config/secrets.ts";
import { Following } from "./following.ts";
import { type GitParts, gitFor } from "./git/git-program.ts";
import { readHeads } from "./git/remote.ts";
import { keepTidy } from "./keep-tidy.ts";
import { Cursors } from "./notice/cursors.ts";
import { Noticing } from "./notice/noticing.ts";
import type { StartProgram } from "./programs/program.ts";
import { Queueing } from "./queueing.ts";
import type { Clock } from "./records/clock.ts";
import type { RepositoryConfig, SecretPlace, ServerConfig } from "./records/config.ts";
import type { DataFolder } from "./records/data-folder.ts";
import { LiveEvents } from "./records/live-events.ts";
import type { Run } from "./records/run.ts";
import { markName } from "./runs/child.ts";
import { Dispatcher } from "./runs/dispatcher.ts";
import { executeWith } from "./runs/execute.ts";
import { Inventories } from "./runs/inventories.ts";
import { MirrorUse } from "./runs/mirror-use.ts";
import { RunList } from "./runs/run-list.ts";
import type { HttpParts, ServeRequest } from "./serve-request.ts";
import { Core } from "./server-core.ts";

/** They refer to each other: what a run ends changes what is kept, an edit what is noticed. */
export function makeParts(
  request: ServeRequest,
  folder: DataFolder,
  { mark, start }: { readonly mark: string; readonly start: StartProgram },
) {
  const { clock, environment, tell } = request;
  const records = openRecords(folder, clock);
  const { live, runs, cursors, inventories } = records;
  const { git, heads } = openGit({ environment, mark: { [markName]: mark }, start });
  const file = new ConfigFile(request.config, request.config.read, clock, () => configChanged());
  const config = () => file.config;
  const { secrets, secret } = secretsIn(environment);
  const keeping = { ...records, folder, config, git, clock, tell };
  const { upkeep, forgetRuns, tidy } = keepTidy(keeping);
  const execute = request.execute ?? executeWith({ ...request, ...keeping, start, mark, secrets });
  const dispatcher: Dispatcher = new Dispatcher({
    ...{ runs, config, execute, clock },
    begun: (run) => tell(shownRun(run)),
    ended: (run) => {
      core.count(run);
      tell(shownRun(run));
      forgetRuns();
      void following.look();
    },
  });
  const noticing: Noticing = new Noticing({
    ...{ cursors, clock, secret, readHeads: heads, fetch: request.fetch },
    accept: (repository, pushes, hint) => queueing.accept(repository, pushes, hint),
    deleted: ({ name }, branches) => upkeep.forgetBranches(name, branches),
    looked: () => void following.look(),
    due: (repository, schedule) => queueing.due(repository, schedule),
  });
  const queueing: Queueing = new Queueing({ runs, config, dispatcher, readHeads: heads, tell });
  const following = new Following({ config, cursors, runs, tell, add: (run) => queueing.add(run) });
  const core: Core = new Core({
    ...{ folder, live, runs, file, clock, queueing, dispatcher, noticing, inventories },
    problems: () => problemsOf({ runs, cursors, file }, environment),
  });
  const settle = () => {
    tidy();
    void following.look();
  };
  const configChanged = () => {
    live.tell({ kind: "config-changed" });
    if (!tellOfEdit(file, tell)) return;
    void noticing.follow(config());
    dispatcher.pump();
    settle();
  };
  const stopTidying = hourly(clock, () => {
    settle();
    void upkeep.pack();
  });
  const forHttp = httpParts(config, folder, { cursors, clock, secret });
  const close = () => {
    stopTidying();
    return closeRecords(records);
  };
  return { core, runs, dispatcher, noticing, file, forHttp, tidy, upkeep, following, close };
}

/** What is kept in the data folder, and who is told of it. */
function openRecords(folder: DataFolder, clock: Clock) {
  const live = new LiveEvents(clock.date().getTime());
  return {
    live,
    runs: new RunList(folder, clock, (run) => live.tell({ kind: "run-changed", run })),
    cursors: new Cursors(folder.cursors),
    inventories: new Inventories(folder),
    mirrors: new MirrorUse(),
  };
}

function openGit(parts: GitParts) {
  const git = gitFor(parts);
  return { git, heads: (url: string, signal: AbortSignal) => readHeads(git, url, { signal }) };
}

const secretsIn = (environment: NodeJS.ProcessEnv) => ({
  secret: ((place) => readSecret(place, environment)) satisfies Secret,
  secrets: (repository: RepositoryConfig) => secretsOf(repository, environment),
});

async function closeRecords({ cursors, runs }: ReturnType<typeof openRecords>): Promise<void> {
  await cursors.written();
  runs.close();
}

/** @returns whether it is in effect */
function tellOfEdit({ problems }: ConfigFile, tell: (line: string) => void): boolean {
  for (const problem of problems) tell(`the configuration stays: ${shownProblem(problem)}`);
  if (problems.length > 0) return false;
  tell("the configuration is another one");
  return true;
}

type Wrong = { readonly runs: RunList; readonly cursors: Cursors; readonly file: ConfigFile };

function problemsOf({ runs, cursors, file }: Wrong, environment: NodeJS.ProcessEnv) {
  const { problems, config } = file;
  const missing = missingSecrets(config.repositories, environment);
  const unwritten = [runs.problem, cursors.problem].filter((problem) => problem !== undefined);
  return [...unwritten, ...[...problems, ...missing].map(shownProblem)];
}

const shownRun = ({ id, repository, branch, state, problem }: Run): string =>
  `${id} ${repository} ${branch}: ${state}${problem === undefined ? "" : `, ${problem}`}`;

const shownProblem = ({ at, message }: Diagnostic): string =>
  at === undefined ? message : `${at.file}:${at.line}:${at.column}: ${message}`;

const hour = 3_600_000;

/** @returns what ends it */
function hourly(clock: Clock, act: () => void): () => void {
  let stop = () => {};
  const wait = () => {
    stop = clock.after(hour, () => {
      act();
      wait();
    });
  };
  wait();
  return () => stop();
}

type Secret = (place: SecretPlace) => string | undefined;

function httpParts(
  config: () => ServerConfig,
  folder: DataFolder,
  { cursors, clock, secret }: { cursors: Cursors; clock: Clock; secret: Secret },
): HttpParts {
  return {
    config,
    folder,
    deliveries: {
      knows: (repository, mark) => cursors.knows(`${repository} ${mark}`),
      remember: async (repository, marks) => {
        const own = marks.map((mark) => `${repository} ${mark}`);
        await cursors.remember(own, clock.date().getTime());
      },
    },
    hookSecret: (name) => {
      const found = config().repositories.find((each) => each.name === name)?.webhook;
      return found && secret(found.secret);
    },
  };
}
