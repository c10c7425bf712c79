/** The server without HTTP: what may be asked of it, put together from runs, noticing and configuration. */
import { statSync } from "node:fs";
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
import { branchFilter } from "./notice/compare-heads.ts";
import type { Noticing } from "./notice/noticing.ts";
import type { Hint } from "./notice/watcher.ts";
import * as problems from "./problems.ts";
import type { Queueing } from "./queueing.ts";
import { readStart } from "./read-start.ts";
import type { BranchInventory } from "./records/branch-inventory.ts";
import type { Clock } from "./records/clock.ts";
import type { DataFolder } from "./records/data-folder.ts";
import type { LiveEvents } from "./records/live-events.ts";
import type { Run, RunState, RunTarget } from "./records/run.ts";
import type { Dispatcher } from "./runs/dispatcher.ts";
import type { Inventories } from "./runs/inventories.ts";
import type { RunList } from "./runs/run-list.ts";
import { withLogs } from "./runs/run-recorder.ts";
import { RunTargets } from "./runs/run-targets.ts";

interface CoreParts {
  readonly folder: DataFolder;
  readonly live: LiveEvents;
  readonly runs: RunList;
  readonly file: ConfigFile;
  readonly clock: Clock;
  readonly queueing: Queueing;
  readonly dispatcher: Dispatcher;
  readonly noticing: Noticing;
  readonly inventories: Inventories;
  /** What else is wrong at the moment. */
  readonly problems: () => readonly string[];
}

export class Core implements ServerCore {
  readonly #parts: CoreParts;
  readonly #targets: RunTargets;
  readonly #ended: Partial<Record<RunState, number>> = {};
  readonly #seconds = { sum: 0, count: 0 };

  constructor(parts: CoreParts) {
    this.#parts = parts;
    this.#targets = new RunTargets(parts.folder);
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
    const { targets } = await this.#targets.of(id);
    return withLogs(targets, (target) => sizeOf(folder.targetLog(id, target)));
  }

  async logOf(id: string, target?: string): Promise<LogPlace | undefined> {
    const { runs, folder } = this.#parts;
    const run = runs.get(id);
    if (run === undefined) return undefined;
    if (target !== undefined && (await this.#targets.of(id)).get(target) === undefined) {
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
    return this.#parts.queueing.start(wanted.value, { kind: "request", by: request.by });
  }

  async cancel(id: string, by: string): Promise<Result<Run>> {
    const { runs, dispatcher, clock } = this.#parts;
    const run = runs.get(id);
    if (run === undefined) return fail(problems.unknownRun(id));
    if (run.state !== "queued" && run.state !== "running") {
      return fail(problems.notOpen(id, run.state));
    }
    if (dispatcher.isActive(id)) {
      dispatcher.end(id, { kind: "cancelled", by });
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
    return this.#parts.queueing.add({
      ...{ repository, branch, commit, targets, params, priority },
      ...(subject !== undefined && { subject }),
      ...(author !== undefined && { author }),
      cause: { kind: "retry", of: id, by },
    });
  }

  hint(repository: string, push: Hint): Promise<void> {
    return this.#parts.noticing.hint(repository, push);
  }

  repositories(): readonly RepositoryView[] {
    const { file, runs, noticing } = this.#parts;
    return file.config.repositories.map(({ name, url, branches, targets }) => {
      const [lastRun] = runs.list({ repository: name, limit: 1 });
      const problem = noticing.problemOf(name);
      return {
        ...{ name, url: hideCredentials(url), branches, targets },
        ...(lastRun && { lastRun }),
        ...(problem !== undefined && { problem }),
      };
    });
  }

  inventories(): readonly BranchInventory[] {
    const { file, inventories } = this.#parts;
    const watched = new Map(
      file.config.repositories.map(({ name, branches }) => [name, branchFilter(branches)]),
    );
    return inventories.all().filter((each) => watched.get(each.repository)?.(each.branch));
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
      polls: { ...noticing.polls },
    };
  }

  /** Counts a run that ended. */
  count({ state, startedAt, finishedAt }: Run): void {
    this.#ended[state] = (this.#ended[state] ?? 0) + 1;
    if (startedAt === undefined || finishedAt === undefined) return;
    this.#seconds.sum += (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
    this.#seconds.count++;
  }
}

const sizeOf = (file: string): number | undefined =>
  statSync(file, { throwIfNoEntry: false })?.size;
