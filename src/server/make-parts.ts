/** Makes the parts of the server and tells each of the others. What they are begun and ended with stands in `serve`. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { ConfigFile } from "./config/config-file.ts";
import { missingSecrets, readSecret, secretsOf } from "./config/secrets.ts";
import { gitFor } from "./git/git-program.ts";
import { readHeads } from "./git/remote.ts";
import { Cursors } from "./notice/cursors.ts";
import { Noticing } from "./notice/noticing.ts";
import type { StartProgram } from "./programs/program.ts";
import { Queueing } from "./queueing.ts";
import type { Clock } from "./records/clock.ts";
import type { SecretPlace, ServerConfig } from "./records/config.ts";
import type { DataFolder } from "./records/data-folder.ts";
import { LiveEvents } from "./records/live-events.ts";
import type { Run } from "./records/run.ts";
import { markName } from "./runs/child.ts";
import { Dispatcher } from "./runs/dispatcher.ts";
import { executeWith } from "./runs/execute.ts";
import { Retention } from "./runs/retention.ts";
import { RunList } from "./runs/run-list.ts";
import { forgetBranches } from "./runs/work-folders.ts";
import type { HttpParts, ServeRequest } from "./serve-request.ts";
import { Core } from "./server-core.ts";

/** They refer to each other: what a run ends changes what is kept, an edit what is noticed. */
export function makeParts(
  request: ServeRequest,
  folder: DataFolder,
  { mark, start }: { readonly mark: string; readonly start: StartProgram },
) {
  const { clock, environment, tell } = request;
  const live = new LiveEvents(clock.date().getTime());
  const runs = new RunList(folder, clock, (run) => live.tell({ kind: "run-changed", run }));
  const tellOf = (run: Run) => tell(shownRun(run));
  const cursors = new Cursors(folder.cursors);
  const git = gitFor({ environment, mark: { [markName]: mark }, start });
  const heads = (url: string, signal: AbortSignal) => readHeads(git, url, { signal });
  const retention = new Retention(folder, runs);
  const file = new ConfigFile(request.config, request.config.read, clock, () => configChanged());
  const config = () => file.config;
  const secret: Secret = (place) => readSecret(place, environment);
  const tidy = () => retention.apply(config().keep, clock.date().getTime());
  const execute =
    request.execute ??
    executeWith({
      ...{ folder, live, clock, config, git, start, environment, mark, program: request.program },
      secrets: (repository) => secretsOf(repository, environment),
    });
  const dispatcher: Dispatcher = new Dispatcher({
    ...{ runs, config, execute, clock },
    begun: tellOf,
    ended: (run) => {
      core.count(run);
      tellOf(run);
      tidy();
    },
  });
  const noticing: Noticing = new Noticing({
    ...{ cursors, clock, secret, readHeads: heads, fetch: request.fetch },
    accept: (repository, pushes, hint) => queueing.accept(repository, pushes, hint),
    deleted: ({ name }, branches) => forgetBranches(folder, runs, name, branches),
    due: (repository, schedule) => queueing.due(repository, schedule),
  });
  const queueing: Queueing = new Queueing({ runs, config, dispatcher, readHeads: heads, tell });
  const core: Core = new Core({
    ...{ folder, live, runs, file, clock, queueing, dispatcher, noticing },
    problems: () => [
      ...[runs.problem, cursors.problem].filter((problem) => problem !== undefined),
      ...file.problems.map(shownProblem),
      ...missingSecrets(config().repositories, environment).map(shownProblem),
    ],
  });
  const configChanged = () => {
    live.tell({ kind: "config-changed" });
    for (const problem of file.problems) tell(`the configuration stays: ${shownProblem(problem)}`);
    if (file.problems.length > 0) return;
    tell("the configuration is another one");
    void noticing.follow(config());
    dispatcher.pump();
    tidy();
  };
  const stopTidying = hourly(clock, tidy);
  const forHttp = httpParts(config, folder, { cursors, clock, secret });
  return { core, runs, dispatcher, noticing, file, forHttp, tidy, stopTidying };
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
