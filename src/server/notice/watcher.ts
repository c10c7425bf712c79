/**
 * Notices pushes of one repository by asking git for its heads: every so often, and sooner when somebody hints
 * at a push. Accepting a push is the business of whoever it tells.
 *
 *     waiting ──time, or a hint──▶ asking ──▶ waiting, longer after each failure
 */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Result } from "../../model/result.ts";
import type { Heads } from "../git/remote.ts";
import { type Clock, waitOn } from "../records/clock.ts";
import type { RepositoryConfig } from "../records/config.ts";
import type { Noticed } from "../records/run.ts";
import { compareHeads, type Push, watchedHeads } from "./compare-heads.ts";
import type { Cursors } from "./cursors.ts";

export interface Hint {
  readonly noticed: Noticed;
  readonly branch?: string;
  readonly commit?: string;
  readonly delivery?: string;
}

export interface WatcherParts {
  readonly repository: RepositoryConfig;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly readHeads: (url: string, signal: AbortSignal) => Promise<Result<Heads>>;
  /**
   * Accepts pushes: they are on the disk when it resolves.
   * @returns why they cannot be accepted now; they are told again with the next look
   */
  readonly accept: (
    repository: RepositoryConfig,
    pushes: readonly Push[],
    hint: Hint,
  ) => Promise<Diagnostic | undefined>;
  readonly deleted: (repository: RepositoryConfig, branches: readonly string[]) => void;
  readonly asked: (isGood: boolean) => void;
}

const longestWait = 30 * 60 * 1000;
const jitter = 0.2;
/** Milliseconds after a hint whose commit git does not show yet: mirrors of a host need their time. */
const lookAgain = [2000, 10_000, 60_000];

export class Watcher {
  readonly #parts: WatcherParts;
  readonly #ending = new AbortController();
  #failures = 0;
  #problem: Diagnostic | undefined;
  #stopTimer: () => void = () => {};
  #asking: Promise<void> | undefined;
  /** Hints that came while git was asked: it may have answered before their pushes. */
  #next: Hint | undefined;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  get repository(): RepositoryConfig {
    return this.#parts.repository;
  }

  /** Why git could not be asked the last time. */
  get problem(): Diagnostic | undefined {
    return this.#problem;
  }

  /** The first look comes at once: what was pushed while the server was off is found by it. */
  begin(): void {
    void this.look({ noticed: "poll" });
  }

  /** Asks git, after what is asked now. */
  async look(hint: Hint): Promise<void> {
    if (this.#asking !== undefined) {
      this.#next = hint;
      return this.#asking;
    }
    this.#stopTimer();
    this.#asking = this.#askAll(hint);
    await this.#asking;
  }

  /** Somebody says that there was a push: looked at until git shows it, a few times. */
  async hint(hint: Hint): Promise<void> {
    for (const wait of [0, ...lookAgain]) {
      if (wait > 0) await waitOn(this.#parts.clock, wait, this.#ending.signal);
      if (this.#ending.signal.aborted) return;
      await this.look(hint);
      if (this.#hasSeen(hint)) return;
    }
  }

  async end(): Promise<void> {
    this.#stopTimer();
    this.#ending.abort();
    await this.#asking;
    await this.#parts.cursors.written();
  }

  async #askAll(first: Hint): Promise<void> {
    for (let hint: Hint | undefined = first; hint !== undefined; hint = this.#next) {
      this.#next = undefined;
      await this.#ask(hint);
    }
    this.#asking = undefined;
    this.#planNext();
  }

  async #ask(hint: Hint): Promise<void> {
    const { repository, readHeads, asked } = this.#parts;
    const heads = await readHeads(repository.url, this.#ending.signal);
    if (this.#ending.signal.aborted) return;
    this.#problem = heads.ok ? await this.#compare(heads.value, hint) : heads.problems[0];
    this.#failures = this.#problem === undefined ? 0 : this.#failures + 1;
    asked(heads.ok);
  }

  async #compare(heads: Heads, hint: Hint): Promise<Diagnostic | undefined> {
    const { repository, cursors, accept, deleted } = this.#parts;
    const cursor = cursors.of(repository.name, repository.url);
    const next = watchedHeads(heads, repository.branches);
    const isFirst = cursor.heads === undefined;
    const known = cursor.heads ?? (repository.buildAtStart ? {} : next);
    const changes = compareHeads(known, heads, repository.branches);
    if (changes.pushes.length > 0) {
      const problem = await accept(repository, changes.pushes, hint);
      // The cursor stays, so that nothing is lost.
      if (problem !== undefined) return problem;
    }
    if (changes.deleted.length > 0) deleted(repository, changes.deleted);
    const isSame = changes.pushes.length === 0 && changes.deleted.length === 0;
    if (isFirst || !isSame) {
      // Others may have written into it meanwhile.
      const now = cursors.of(repository.name, repository.url);
      cursors.set(repository.name, { ...now, heads: next });
    }
    return undefined;
  }

  #hasSeen({ branch, commit }: Hint): boolean {
    const { repository, cursors } = this.#parts;
    if (branch === undefined || commit === undefined) return true;
    return cursors.of(repository.name, repository.url).heads?.[branch] === commit;
  }

  #planNext(): void {
    const { repository, clock } = this.#parts;
    if (this.#ending.signal.aborted) return;
    // Without polling only what could not be asked is asked again.
    const seconds = repository.poll ?? (this.#failures > 0 ? 60 : undefined);
    if (seconds === undefined) return;
    const usual = seconds * 1000 * 2 ** Math.min(this.#failures, 20);
    const wait = Math.max(seconds * 1000, Math.min(usual, longestWait));
    const spread = wait * (1 + jitter * (clock.random() - 0.5));
    this.#stopTimer = clock.after(spread, () => void this.look({ noticed: "poll" }));
  }
}
