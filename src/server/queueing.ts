/** Puts runs into the queue: for pushes that git confirmed, for schedules, for whoever asks. */

import type { Diagnostic } from "../model/diagnostic.ts";
import { nearest } from "../model/nearest.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { Heads } from "./git/remote.ts";
import type { Push } from "./notice/compare-heads.ts";
import type { Hint } from "./notice/watcher.ts";
import * as problems from "./problems.ts";
import type { Wanted } from "./read-start.ts";
import type { RepositoryConfig, Schedule, ServerConfig } from "./records/config.ts";
import type { Run, RunCause } from "./records/run.ts";
import type { Dispatcher } from "./runs/dispatcher.ts";
import type { NewRun, RunList } from "./runs/run-list.ts";

interface QueueingParts {
  readonly runs: RunList;
  readonly config: () => ServerConfig;
  readonly dispatcher: Dispatcher;
  readonly readHeads: (url: string, signal: AbortSignal) => Promise<Result<Heads>>;
  /** A line for whoever runs the server: nobody waits for a schedule. */
  readonly tell: (line: string) => void;
}

/** Milliseconds for a server of git to say what somebody waits for. */
const patience = 30_000;

export class Queueing {
  readonly #parts: QueueingParts;

  constructor(parts: QueueingParts) {
    this.#parts = parts;
  }

  /** Queues pushes that git confirmed, but those that have their run: a crash may have come before the cursor. */
  async accept(
    repository: RepositoryConfig,
    pushes: readonly Push[],
    { noticed, delivery }: Hint,
  ): Promise<Diagnostic | undefined> {
    const { runs, dispatcher } = this.#parts;
    if (repository.targets.length === 0) return undefined;
    const fresh = pushes.filter((push) => this.#newestPush(repository.name, push) !== push.commit);
    const cause: RunCause = { kind: "push", noticed, ...(delivery !== undefined && { delivery }) };
    const { name, targets, params, priority } = repository;
    const wanted = fresh.map(
      (push): NewRun => ({ repository: name, ...push, targets, params, priority, cause }),
    );
    const added = await this.#addAll(wanted);
    if (!added.ok) return added.problems[0];
    if (repository.cancelRunning) {
      for (const { id, branch } of added.value) {
        const older = runs.open().filter((run) => run.repository === name && run.branch === branch);
        for (const run of older) if (run.id < id) dispatcher.end(run.id, { kind: "newer", id });
      }
    }
    return undefined;
  }

  /** @returns whether it is dealt with: git may not be reachable just then */
  async due(repository: RepositoryConfig, { cron, branch, targets }: Schedule): Promise<boolean> {
    const wanted = {
      repository,
      branch,
      targets,
      params: repository.params,
      priority: repository.priority,
    };
    const started = await this.start(wanted, { kind: "schedule", cron });
    if (started.ok) return true;
    for (const { message } of started.problems) {
      this.#parts.tell(`schedule \`${cron}\` of ${repository.name}: ${message}`);
    }
    return started.problems.every(({ transient }) => !transient);
  }

  /** Of the newest commit of the branch where none is named. */
  async start(wanted: Wanted, cause: RunCause): Promise<Result<Run>> {
    const { repository, branch, targets, params, priority } = wanted;
    const commit = wanted.commit ? ok(wanted.commit) : await this.#headOf(repository, branch);
    if (!commit.ok) return commit;
    const run = { repository: repository.name, branch, commit: commit.value };
    return await this.add({ ...run, targets, params, priority, cause });
  }

  async #headOf({ url }: RepositoryConfig, branch: string): Promise<Result<string>> {
    const heads = await this.#parts.readHeads(url, AbortSignal.timeout(patience));
    if (!heads.ok) return heads;
    const commit = heads.value.get(branch);
    if (commit !== undefined) return ok(commit);
    return fail(problems.unknownBranch(branch, nearest(branch, heads.value.keys())));
  }

  async add(run: NewRun): Promise<Result<Run>> {
    const added = await this.#addAll([run]);
    if (!added.ok) return added;
    return ok(added.value[0] as Run);
  }

  async #addAll(wanted: readonly NewRun[]): Promise<Result<readonly Run[]>> {
    const { runs, dispatcher, config } = this.#parts;
    const { queued } = config().limits;
    const waiting = runs.open().filter(({ state }) => state === "queued");
    // Where an earlier push waits it is replaced.
    const more = wanted.filter((run) => !waiting.some((other) => isSamePush(run, other))).length;
    if (more > 0 && waiting.length + more > queued) return fail(problems.queueFull(queued));
    try {
      const added = runs.add(wanted);
      await runs.onDisk();
      dispatcher.pump();
      return ok(added);
    } catch (error) {
      const { syscall, message } = error as NodeJS.ErrnoException;
      if (syscall === undefined) throw error;
      return fail(problems.journalUnwritable(message));
    }
  }

  #newestPush(repository: string, { branch }: Push): string | undefined {
    const ofBranch = this.#parts.runs.list({ repository, branch, limit: 1000 });
    return ofBranch.find(({ cause }) => cause.kind === "push")?.commit;
  }
}

const isSamePush = (one: NewRun, other: Run): boolean =>
  one.cause.kind === "push" &&
  other.cause.kind === "push" &&
  one.repository === other.repository &&
  one.branch === other.branch;
