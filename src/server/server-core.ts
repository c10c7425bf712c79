/** The server without HTTP: what may be asked of it, put together from runs, noticing and configuration. */
import { statSync } from "node:fs";
import { nearest } from "../config/nearest.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { hideCredentials } from "../report/redact.ts";
import type { ConfigFile } from "./config/config-file.ts";
import type {
  LogPlace,
  RepositoryView,
  RunQuery,
  ServerCore,
  ServerMetrics,
  StartRequest,
} from "./core.ts";
import type { Heads } from "./git/remote.ts";
import type { Push } from "./notice/compare-heads.ts";
import type { Noticing } from "./notice/noticing.ts";
import type { Hint } from "./notice/watcher.ts";
import * as problems from "./problems.ts";
import { readStart, type Wanted } from "./read-start.ts";
import type { Clock } from "./records/clock.ts";
import type { RepositoryConfig, Schedule } from "./records/config.ts";
import type { DataFolder } from "./records/data-folder.ts";
import type { LiveEvents } from "./records/live-events.ts";
import type { Run, RunCause, RunState, RunTarget } from "./records/run.ts";
import type { Dispatcher } from "./runs/dispatcher.ts";
import type { NewRun, RunList } from "./runs/run-list.ts";
import { readTargets, withLogs } from "./runs/run-recorder.ts";

export interface CoreParts {
  readonly folder: DataFolder;
  readonly live: LiveEvents;
  readonly runs: RunList;
  readonly file: ConfigFile;
  readonly clock: Clock;
  readonly dispatcher: () => Dispatcher;
  readonly noticing: () => Noticing;
  readonly readHeads: (url: string, signal: AbortSignal) => Promise<Result<Heads>>;
  /** What else is wrong at the moment. */
  readonly problems: () => readonly string[];
}

/** Milliseconds for a server of git to say what somebody waits for. */
const patience = 30_000;

export class Core implements ServerCore {
  readonly #parts: CoreParts;
  readonly #ended: Partial<Record<RunState, number>> = {};
  readonly #seconds = { sum: 0, count: 0 };

  constructor(parts: CoreParts) {
    this.#parts = parts;
  }

  listRuns(query: RunQuery): readonly Run[] {
    return this.#parts.runs.list(query);
  }

  run(id: string): Run | undefined {
    return this.#parts.runs.get(id);
  }

  async targetsOf(id: string): Promise<readonly RunTarget[] | undefined> {
    const { runs, folder } = this.#parts;
    if (runs.get(id) === undefined) return undefined;
    const { targets } = await readTargets(folder, id);
    return withLogs(targets, (target) => sizeOf(folder.targetLog(id, target)));
  }

  async logOf(id: string, target?: string): Promise<LogPlace | undefined> {
    const { runs, folder } = this.#parts;
    const run = runs.get(id);
    if (run === undefined) return undefined;
    if (target !== undefined && (await readTargets(folder, id)).get(target) === undefined) {
      return undefined;
    }
    const path = target === undefined ? folder.output(id) : folder.targetLog(id, target);
    const bytes = sizeOf(path);
    const isGrowing = run.state === "running";
    return bytes === undefined ? undefined : { path, bytes, isGrowing };
  }

  async start(request: StartRequest): Promise<Result<Run>> {
    const wanted = readStart(request, this.#parts.file.config);
    if (!wanted.ok) return wanted;
    return this.#startOf(wanted.value, { kind: "request", by: request.by });
  }

  async cancel(id: string, by: string): Promise<Result<Run>> {
    const { runs, dispatcher, clock } = this.#parts;
    const run = runs.get(id);
    if (run === undefined) return fail(problems.unknownRun(id));
    if (run.state !== "queued" && run.state !== "running") {
      return fail(problems.notOpen(id, run.state));
    }
    if (dispatcher().isActive(id)) {
      dispatcher().end(id, { kind: "cancelled", by });
      return ok(run);
    }
    const finishedAt = clock.date().toISOString();
    const problem = `cancelled by \`${by}\``;
    return ok(runs.change(id, { state: "cancelled", finishedAt, problem }));
  }

  /** The same commit, targets and parameters once more. */
  async retry(id: string, by: string): Promise<Result<Run>> {
    const { runs, file } = this.#parts;
    const run = runs.get(id);
    if (run === undefined) return fail(problems.unknownRun(id));
    if (run.finishedAt === undefined) return fail(problems.stillOpen(id));
    const { repository, branch, commit, targets, params, priority, subject, author } = run;
    if (!file.config.repositories.some(({ name }) => name === repository)) {
      return fail(problems.unknownRepository(repository, undefined));
    }
    return this.#add({
      ...{ repository, branch, commit, targets, params, priority },
      ...(subject !== undefined && { subject }),
      ...(author !== undefined && { author }),
      cause: { kind: "retry", of: id, by },
    });
  }

  hint(repository: string, push: Hint): Promise<void> {
    return this.#parts.noticing().hint(repository, push);
  }

  repositories(): readonly RepositoryView[] {
    const { file, runs, noticing } = this.#parts;
    return file.config.repositories.map(({ name, url, branches, targets }) => {
      const [lastRun] = runs.list({ repository: name, limit: 1 });
      const problem = noticing().problemOf(name);
      return {
        ...{ name, url: hideCredentials(url), branches, targets },
        ...(lastRun && { lastRun }),
        ...(problem !== undefined && { problem }),
      };
    });
  }

  configText(): string {
    return this.#parts.file.text;
  }

  async changeConfig(text: string, _by: string): Promise<Result<void>> {
    return this.#parts.file.change(text);
  }

  subscribe(listener: Parameters<ServerCore["subscribe"]>[0]): () => void {
    return this.#parts.live.subscribe(listener);
  }

  eventsAfter(id: number): ReturnType<ServerCore["eventsAfter"]> {
    return this.#parts.live.after(id);
  }

  health(): ReturnType<ServerCore["health"]> {
    const found = this.#parts.problems();
    return { ok: found.length === 0, problems: found };
  }

  metrics(): ServerMetrics {
    const { runs, noticing } = this.#parts;
    const open = runs.open();
    return {
      queued: open.filter(({ state }) => state === "queued").length,
      running: open.filter(({ state }) => state === "running").length,
      ended: { ...this.#ended },
      runSeconds: { ...this.#seconds },
      polls: { ...noticing().polls },
    };
  }

  /** Counts a run that ended. */
  count({ state, startedAt, finishedAt }: Run): void {
    this.#ended[state] = (this.#ended[state] ?? 0) + 1;
    if (startedAt === undefined || finishedAt === undefined) return;
    this.#seconds.sum += (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
    this.#seconds.count++;
  }

  /** Queues pushes that git confirmed, but those that have their run: a crash may have come before the cursor. */
  accept(
    repository: RepositoryConfig,
    pushes: readonly Push[],
    { noticed, delivery }: Hint,
  ): Diagnostic | undefined {
    const { runs, dispatcher } = this.#parts;
    const fresh = pushes.filter((push) => this.#newestPush(repository.name, push) !== push.commit);
    const cause: RunCause = { kind: "push", noticed, ...(delivery !== undefined && { delivery }) };
    const { name, targets, params, priority } = repository;
    const wanted = fresh.map(
      (push): NewRun => ({ repository: name, ...push, targets, params, priority, cause }),
    );
    const added = this.#addAll(wanted);
    if (!added.ok) return added.problems[0];
    if (repository.cancelRunning) {
      for (const { id, branch } of added.value) {
        const older = runs.open().filter((run) => run.repository === name && run.branch === branch);
        for (const run of older) if (run.id < id) dispatcher().end(run.id, { kind: "newer", id });
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
    const started = await this.#startOf(wanted, { kind: "schedule", cron });
    return started.ok || started.problems.every(({ transient }) => !transient);
  }

  async #startOf(wanted: Wanted, cause: RunCause): Promise<Result<Run>> {
    const { repository, branch, targets, params, priority } = wanted;
    const commit = wanted.commit ? ok(wanted.commit) : await this.#headOf(repository, branch);
    if (!commit.ok) return commit;
    const run = { repository: repository.name, branch, commit: commit.value };
    return this.#add({ ...run, targets, params, priority, cause });
  }

  async #headOf({ url }: RepositoryConfig, branch: string): Promise<Result<string>> {
    const heads = await this.#parts.readHeads(url, AbortSignal.timeout(patience));
    if (!heads.ok) return heads;
    const commit = heads.value.get(branch);
    if (commit !== undefined) return ok(commit);
    return fail(problems.unknownBranch(branch, nearest(branch, heads.value.keys())));
  }

  #add(run: NewRun): Result<Run> {
    const added = this.#addAll([run]);
    if (!added.ok) return added;
    return ok(added.value[0] as Run);
  }

  #addAll(wanted: readonly NewRun[]): Result<readonly Run[]> {
    const { runs, dispatcher, file } = this.#parts;
    const { queued } = file.config.limits;
    const waiting = runs.open().filter(({ state }) => state === "queued");
    // Where an earlier push waits it is replaced.
    const more = wanted.filter((run) => !waiting.some((other) => isSamePush(run, other))).length;
    if (more > 0 && waiting.length + more > queued) return fail(problems.queueFull(queued));
    try {
      const added = runs.add(wanted);
      dispatcher().pump();
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

const sizeOf = (file: string): number | undefined =>
  statSync(file, { throwIfNoEntry: false })?.size;
