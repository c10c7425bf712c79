/** Asks GitHub's API for events again and again, as often as it allows, and hints at what it tells. */
import type { Clock } from "../records/clock.ts";
import type { GithubEvents, RepositoryConfig } from "../records/config.ts";
import { branchFilter } from "./compare-heads.ts";
import type { Cursors } from "./cursors.ts";
import { askEvents, type Fetch } from "./github-events.ts";

export interface EventsParts {
  readonly repository: RepositoryConfig;
  readonly events: GithubEvents;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly token: () => string | undefined;
  /** Asks git. */
  readonly hint: () => Promise<void>;
}

export class EventsPoller {
  readonly #ending = new AbortController();
  readonly #parts: EventsParts;
  #stopTimer: () => void = () => {};
  #problem: string | undefined;

  constructor(parts: EventsParts) {
    this.#parts = parts;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  begin(): void {
    void this.#ask();
  }

  end(): void {
    this.#ending.abort();
    this.#stopTimer();
  }

  async #ask(): Promise<void> {
    const { repository, events, cursors, clock, fetch, token, hint } = this.#parts;
    const { signal } = this.#ending;
    const before = cursors.of(repository.name, repository.url);
    const answer = await askEvents(events, before, { fetch, clock, token: token(), signal });
    if (signal.aborted) return;
    this.#problem = answer.problem;
    if (answer.branches.some(branchFilter(repository.branches))) await hint();
    if (signal.aborted) return;
    // After the look: what was told counts as read once git was asked.
    const now = cursors.of(repository.name, repository.url);
    if (answer.etag !== undefined && answer.etag !== now.etag) {
      cursors.set(repository.name, { ...now, etag: answer.etag });
    }
    this.#stopTimer = clock.after(answer.wait, () => void this.#ask());
  }
}
