/**
 * All runs, in memory and in the journal: the one place where a run changes. Which one goes next is decided by
 * `dispatcher`.
 *
 *     queued ──▶ running ──▶ passed, failed, cancelled
 *        ├──▶ replaced      a newer push to the branch took its place
 *        └──▶ cancelled
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import type { RunQuery } from "../core.ts";
import type { Clock } from "../records/clock.ts";
import type { DataFolder } from "../records/data-folder.ts";
import { Journal } from "../records/journal.ts";
import type { Run } from "../records/run.ts";
import { RunIds } from "../records/run-id.ts";

export type NewRun = Pick<
  Run,
  "repository" | "branch" | "commit" | "cause" | "targets" | "params" | "priority"
> &
  Partial<Pick<Run, "subject" | "author">>;

export class RunList {
  readonly #folder: DataFolder;
  readonly #clock: Pick<Clock, "date">;
  readonly #changed: (run: Run) => void;
  readonly #journal: Journal;
  readonly #ids: RunIds;
  /** By ID, the oldest first. */
  readonly #runs = new Map<string, Run>();
  /** The same, until one changes: lists are asked for much more often than that. */
  #sorted: readonly Run[] | undefined;
  /** Those that are queued or running: of thousands a few. */
  readonly #open = new Map<string, Run>();
  readonly #unwritten = new Map<string, Run>();
  #problem: string | undefined;

  /** @param changed is told of each run that was added or changed, after the journal has it */
  constructor(folder: DataFolder, clock: Pick<Clock, "date">, changed: (run: Run) => void) {
    this.#folder = folder;
    this.#clock = clock;
    this.#changed = changed;
    mkdirSync(folder.runs, { recursive: true });
    this.#journal = new Journal(folder.journal);
    for (const run of this.#journal.runs()) this.#keep(run);
    this.#ids = new RunIds(this.#runs.keys());
    this.#replaceAgain();
  }

  get damaged(): number {
    return this.#journal.damaged;
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /** The oldest first. */
  all(): readonly Run[] {
    this.#sorted ??= [...this.#runs.values()];
    return this.#sorted;
  }

  /** Queued or running, the oldest first. */
  open(): readonly Run[] {
    return [...this.#open.values()];
  }

  list({ repository, branch, state, before, limit }: RunQuery): readonly Run[] {
    const found: Run[] = [];
    const all = this.all();
    const end = before === undefined ? all.length : firstAtOrAfter(all, before);
    for (let at = end - 1; at >= 0 && found.length < limit; at--) {
      const run = all[at] as Run;
      if (repository !== undefined && run.repository !== repository) continue;
      if (branch !== undefined && run.branch !== branch) continue;
      if (state === undefined || run.state === state) found.push(run);
    }
    return found;
  }

  /**
   * Queues them. A push takes the place of one to the same branch that still waits. They are accepted once
   * they are `onDisk`.
   * @throws what the system does when they cannot be written: none is queued then
   */
  add(wanted: readonly NewRun[]): readonly Run[] {
    const now = this.#clock.date();
    const added = wanted.map((run): Run => {
      const id = this.#ids.next(now);
      return { id, ...run, state: "queued", queuedAt: now.toISOString(), attempts: 0 };
    });
    // The new one first: a crash between the two leaves two that wait, and none lost.
    this.#write([...added, ...added.flatMap((run) => this.#replacedBy(run))]);
    return added;
  }

  /** Resolves when all that was added and changed before is there; rejects as the system does. */
  onDisk(): Promise<void> {
    return this.#journal.synced();
  }

  /** What cannot be written holds all the same, and is written with the next change. */
  change(id: string, change: Partial<Run>): Run {
    const run = this.#runs.get(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    const next = { ...run, ...change };
    this.#unwritten.set(id, next);
    this.#keep(next);
    try {
      this.#journal.write([...this.#unwritten.values()]);
      this.#unwritten.clear();
      if (next.state !== "queued") this.#record(next);
      this.#problem = undefined;
      // Nobody waits: what is lost with the machine is done once more, and that makes nothing twice.
      this.onDisk().catch((error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
    this.#changed(next);
    return next;
  }

  /** Why the journal cannot be written at the moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Of those that ended. */
  remove(ids: readonly string[]): void {
    this.#journal.remove(ids);
    for (const id of ids) this.#runs.delete(id);
    this.#sorted = undefined;
  }

  close(): void {
    this.#journal.close();
  }

  #replacedBy(newer: Run): readonly Run[] {
    if (newer.cause.kind !== "push") return [];
    return this.open()
      .filter((run) => isWaitingPush(run, newer))
      .map((run) => ({
        ...run,
        state: "replaced" as const,
        replacedBy: newer.id,
        finishedAt: newer.queuedAt,
      }));
  }

  /** What a crash in the middle of `add` left. */
  #replaceAgain(): void {
    for (const run of [...this.#open.values()].reverse()) {
      if (this.#open.get(run.id)?.state === "queued") this.#write(this.#replacedBy(run));
    }
  }

  #write(runs: readonly Run[]): void {
    this.#journal.write(runs);
    for (const run of runs) this.#keep(run);
    for (const run of runs) this.#changed(run);
  }

  #keep(run: Run): void {
    this.#runs.set(run.id, run);
    this.#sorted = undefined;
    if (run.state === "queued" || run.state === "running") this.#open.set(run.id, run);
    else this.#open.delete(run.id);
  }

  /** For people and other programs. The server itself goes by the journal, so it waits for no disk here. */
  #record(run: Run): void {
    mkdirSync(this.#folder.run(run.id), { recursive: true });
    const file = this.#folder.record(run.id);
    writeFileSync(`${file}.new`, `${JSON.stringify(run, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }

  #failed(error: unknown): void {
    this.#problem = `cannot write the journal of runs: ${(error as Error).message}`;
  }
}

/** Where the first one stands that is not older than that ID. */
function firstAtOrAfter(runs: readonly Run[], id: string): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle] as Run).id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isWaitingPush = (run: Run, newer: Run): boolean =>
  run.state === "queued" &&
  run.cause.kind === "push" &&
  run.repository === newer.repository &&
  run.branch === newer.branch &&
  run.id < newer.id;
