/**
 * The composition root of the server: takes the data folder, makes the parts, resumes what was running, and
 * stops in order. What is asked of it by HTTP is answered by the part that it is given.
 */
import { mkdirSync } from "node:fs";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { type Lock, type LockOwner, takeLock } from "../store/lock.ts";
import { ConfigFile, type Read } from "./config/config-file.ts";
import { missingSecrets, readSecret, secretsOf } from "./config/secrets.ts";
import type { ServerCore } from "./core.ts";
import { gitFor } from "./git/git-program.ts";
import { readHeads } from "./git/remote.ts";
import { Cursors } from "./notice/cursors.ts";
import type { Fetch } from "./notice/github-events.ts";
import { Noticing } from "./notice/noticing.ts";
import * as problems from "./problems.ts";
import type { Clock } from "./records/clock.ts";
import type { ServerConfig } from "./records/config.ts";
import { DataFolder } from "./records/data-folder.ts";
import type { DeliveryLog } from "./records/delivery.ts";
import { LiveEvents } from "./records/live-events.ts";
import type { Run } from "./records/run.ts";
import { endLeftovers, markName } from "./runs/child.ts";
import { Dispatcher } from "./runs/dispatcher.ts";
import { executeWith } from "./runs/execute.ts";
import type { Execute } from "./runs/outcome.ts";
import { Retention } from "./runs/retention.ts";
import { RunList } from "./runs/run-list.ts";
import { forgetBranches } from "./runs/work-folders.ts";
import { Core } from "./server-core.ts";

/** What the HTTP part needs besides the core. */
export interface HttpParts {
  readonly config: () => ServerConfig;
  /** The secret of a repository's webhook, read anew. */
  readonly hookSecret: (repository: string) => string | undefined;
  readonly deliveries: DeliveryLog;
  readonly folder: DataFolder;
}

export interface HttpServer {
  readonly address: string;
  close(): Promise<void>;
}

export interface ServeRequest {
  readonly config: { readonly file: string; readonly shown: string; readonly read: Read };
  /** How this very program is started: Node and its file. */
  readonly program: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** A line for whoever runs the server. */
  readonly tell: (line: string) => void;
  readonly http?: (core: ServerCore, parts: HttpParts) => Promise<HttpServer>;
  /** In the place of a tbuild for each run. */
  readonly execute?: Execute;
  /** Called once all is there, with what may be asked. */
  readonly ready?: (core: ServerCore) => void;
}

/** Serves until the signal is aborted. */
export async function serve(request: ServeRequest): Promise<Result<void>> {
  const { data } = request.config.read.config;
  try {
    mkdirSync(data, { recursive: true });
  } catch (error) {
    return fail(problems.dataUnusable(data, (error as Error).message));
  }
  const lock = await lockData(data);
  if (!lock.ok) return lock;
  try {
    return await serveLocked(request, new DataFolder(data));
  } finally {
    lock.value.release();
  }
}

/** Does not wait: two servers of one folder are a mistake. */
async function lockData(data: string): Promise<Result<Lock>> {
  const giveUp = new AbortController();
  let owner: LockOwner | undefined;
  const onWait = (other: LockOwner) => {
    owner = other;
    giveUp.abort();
  };
  try {
    return ok(await takeLock(new DataFolder(data).lock, "tbuild serve", onWait, giveUp.signal));
  } catch (error) {
    if (owner === undefined) return fail(problems.dataUnusable(data, (error as Error).message));
    return fail(problems.dataInUse(data, owner.pid));
  }
}

async function serveLocked(request: ServeRequest, folder: DataFolder): Promise<Result<void>> {
  const { clock, signal, tell } = request;
  const mark = `${folder.path}|`;
  const ended = await endLeftovers(mark, clock);
  if (ended > 0) tell(`ended ${ended} of the last server's processes`);
  const parts = makeParts(request, folder, mark);
  const { core, dispatcher, noticing, file, runs } = parts;
  const resumed = runs.open().filter(({ state }) => state === "running").length;
  if (resumed > 0) tell(`resuming ${resumed} ${resumed === 1 ? "run" : "runs"}`);
  parts.tidy();
  const opened = await openHttp(request, core, parts.forHttp);
  if (!opened.ok) {
    parts.end();
    return opened;
  }
  const http = opened.value;
  tell(http ? `listening on ${http.address}` : "running without HTTP");
  file.begin();
  dispatcher.pump();
  await noticing.follow(file.config);
  request.ready?.(core);
  await aborted(signal);
  const { stop } = file.config.limits;
  if (dispatcher.isBusy) tell(problems.stopping(stop));
  file.end();
  await noticing.end();
  await dispatcher.stop(stop);
  await http?.close();
  parts.end();
  return ok(undefined);
}

/** An address that is taken is a mistake of whoever runs the server. */
async function openHttp(
  { http }: ServeRequest,
  core: ServerCore,
  parts: HttpParts,
): Promise<Result<HttpServer | undefined>> {
  try {
    return ok(await http?.(core, parts));
  } catch (error) {
    if (error instanceof DiagnosticError) return fail(error.diagnostic);
    throw error;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

const hour = 3_600_000;

function makeParts(request: ServeRequest, folder: DataFolder, mark: string) {
  const { clock, environment, tell } = request;
  const live = new LiveEvents(clock.date().getTime());
  const runs = new RunList(folder, clock, (run) => live.tell({ kind: "run-changed", run }));
  const tellOf = ({ id, repository, branch, state, problem }: Run) =>
    tell(`${id} ${repository} ${branch}: ${state}${problem === undefined ? "" : `, ${problem}`}`);
  const cursors = new Cursors(folder.cursors);
  const git = gitFor(environment, { [markName]: mark });
  const heads = (url: string, signal: AbortSignal) => readHeads(git, url, { signal });
  const retention = new Retention(folder, runs);
  const file = new ConfigFile(request.config, request.config.read, clock, () => configChanged());
  const config = () => file.config;
  const secret = (place: Parameters<typeof readSecret>[0]) => readSecret(place, environment);
  const tidy = () => void retention.apply(config().keep, clock.date().getTime());
  const execute =
    request.execute ??
    executeWith({
      ...{ folder, live, clock, config, git, environment, mark, program: request.program },
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
    accept: (repository, pushes, hint) => core.accept(repository, pushes, hint),
    deleted: ({ name }, branches) => forgetBranches(folder, runs, name, branches),
    due: (repository, schedule) => core.due(repository, schedule),
  });
  const core: Core = new Core({
    ...{ folder, live, runs, file, clock, readHeads: heads },
    dispatcher: () => dispatcher,
    noticing: () => noticing,
    problems: () => [
      ...[runs.problem, cursors.problem].filter((problem) => problem !== undefined),
      ...[...file.problems, ...missingSecrets(config().repositories, environment)].map(
        shownProblem,
      ),
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
  let stopTimer = () => {};
  const tidyHourly = () => {
    stopTimer = clock.after(hour, () => {
      tidy();
      tidyHourly();
    });
  };
  tidyHourly();
  const forHttp: HttpParts = {
    config,
    folder,
    deliveries: {
      knows: (repository, mark) => cursors.knows(`${repository} ${mark}`),
      remember: async (repository, marks) => {
        const own = marks.map((mark) => `${repository} ${mark}`);
        cursors.remember(own, clock.date().getTime());
      },
    },
    hookSecret: (name) => {
      const found = config().repositories.find((each) => each.name === name)?.webhook;
      return found && secret(found.secret);
    },
  };
  const end = () => {
    stopTimer();
    runs.close();
  };
  return { core, runs, dispatcher, noticing, file, forHttp, tidy, end };
}

const shownProblem = ({ at, message }: Diagnostic): string =>
  at === undefined ? message : `${at.file}:${at.line}:${at.column}: ${message}`;
