/**
 * Keeps the folders of repositories in order: what belongs to no repository of the configuration goes, and git packs
 * what fetches left. Only where no run is queued or runs, and never so that one waits for it.
 */
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Git } from "../git/git-program.ts";
import { packRepository } from "../git/pack.ts";
import type { Clock } from "../records/clock.ts";
import type { RepositoryConfig, ServerConfig } from "../records/config.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { Inventories } from "./inventories.ts";
import type { MirrorUse } from "./mirror-use.ts";
import type { RunList } from "./run-list.ts";

export interface UpkeepParts {
  readonly folder: DataFolder;
  readonly config: () => Pick<ServerConfig, "repositories" | "keep">;
  readonly runs: Pick<RunList, "open" | "list">;
  /** Branches that it has, as far as they are watched; undefined where git was never asked. */
  readonly branchesOf: (repository: RepositoryConfig) => readonly string[] | undefined;
  readonly clock: Pick<Clock, "date">;
  readonly mirrors: MirrorUse;
  readonly inventories: Pick<Inventories, "all" | "forget">;
  readonly git: Git;
  /** A line for whoever runs the server. */
  readonly tell: (line: string) => void;
}

export class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #ending = new AbortController();
  #working: Promise<void> | undefined;
  #removing: Promise<void> | undefined;
  #told = "";

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /**
   * What belongs to nobody goes at once, since it costs but time to make it again.
   * @returns when the disk has its room back
   */
  removeStrays(): Promise<void> {
    const { folder, config, runs, inventories } = this.#parts;
    // A repository that was taken out keeps its folders until its last run has ended.
    const kept = new Set([
      ...config().repositories.map(({ name }) => name),
      ...runs.open().map(({ repository }) => repository),
    ]);
    const isStray = (name: string) => !kept.has(name);
    for (const name of namesIn(folder.works).filter(isStray)) {
      this.#remove(path.join(folder.works, name));
    }
    for (const entry of namesIn(folder.mirrors)) {
      if (isStray(path.basename(entry, ".git"))) this.#remove(path.join(folder.mirrors, entry));
    }
    for (const { repository, branch } of inventories.all()) {
      if (isStray(repository)) inventories.forget(repository, branch);
    }
    for (const repository of config().repositories) this.#removeOldWork(repository);
    return this.#empty();
  }

  /** One with a run that is queued or runs keeps its folder until later. */
  forgetBranches(repository: string, branches: readonly string[]): void {
    const { folder, runs, inventories } = this.#parts;
    const open = runs.open().filter((run) => run.repository === repository);
    for (const branch of branches) {
      inventories.forget(repository, branch);
      if (open.some((run) => run.branch === branch)) continue;
      this.#remove(folder.workOf(repository, branch));
    }
    void this.#empty();
  }

  /** Packs one repository after the other; the last time's is not begun twice. */
  pack(): Promise<void> {
    this.#working ??= this.#packAll().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#working;
    await this.#removing;
  }

  /** Of branches that are gone, or were built by request alone: as long as runs are kept. */
  #removeOldWork(repository: RepositoryConfig): void {
    const { folder, config, runs, branchesOf, clock } = this.#parts;
    const { name } = repository;
    const branches = branchesOf(repository);
    if (branches === undefined) return;
    const since = clock.date().getTime() - config().keep.for * 1000;
    const recent = runs
      .list({ repository: name, limit: Number.POSITIVE_INFINITY })
      .filter(({ finishedAt }) => finishedAt === undefined || Date.parse(finishedAt) >= since);
    const kept = new Set(
      [...branches, ...recent.map(({ branch }) => branch)].map((branch) =>
        folder.workOf(name, branch),
      ),
    );
    const works = path.join(folder.works, name);
    for (const place of namesIn(works).map((entry) => path.join(works, entry))) {
      if (!kept.has(place)) this.#remove(place);
    }
  }

  /** Out of the way in one step, so that whoever comes next finds all or nothing; the rest may take its time. */
  #remove(place: string): void {
    const { removed } = this.#parts.folder;
    try {
      mkdirSync(removed, { recursive: true });
      renameSync(place, path.join(removed, `${process.hrtime.bigint()}`));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#tellOnce(place, error);
    }
  }

  async #packAll(): Promise<void> {
    for (const { name } of this.#parts.config().repositories) {
      if (this.#ending.signal.aborted) return;
      await this.#parts.mirrors.byUpkeep(name, (signal) => this.#packOne(name, signal));
    }
  }

  async #packOne(name: string, giveWay: AbortSignal): Promise<void> {
    const { folder, runs, git } = this.#parts;
    const signal = AbortSignal.any([giveWay, this.#ending.signal]);
    const works = namesIn(path.join(folder.works, name)).map((entry) =>
      path.join(folder.works, name, entry, name),
    );
    for (const repository of [folder.mirror(name), ...works]) {
      if (signal.aborted || runs.open().some((run) => run.repository === name)) return;
      await packRepository(git, repository, signal);
    }
  }

  #empty(): Promise<void> {
    this.#removing ??= this.#removeAll().finally(() => {
      this.#removing = undefined;
    });
    return this.#removing;
  }

  async #removeAll(): Promise<void> {
    const { removed } = this.#parts.folder;
    const failed = new Set<string>();
    for (;;) {
      const next = namesIn(removed).find((name) => !failed.has(name));
      if (next === undefined || this.#ending.signal.aborted) return;
      try {
        await rm(path.join(removed, next), { recursive: true, force: true });
      } catch (error) {
        failed.add(next);
        this.#tellOnce(path.join(removed, next), error);
      }
    }
  }

  /** It is tried again every hour, and told when it is another one. */
  #tellOnce(place: string, error: unknown): void {
    const line = `cannot remove \`${place}\`: ${(error as Error).message}`;
    if (line !== this.#told) this.#parts.tell(line);
    this.#told = line;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
