/** Asks GitHub's API for events again and again, as often as it allows, and hints at what it tells. */
import type { Clock } from "../records/clock.ts";
import type { GithubEvents, RepositoryConfig } from "../records/config.ts";
import { branchFilter } from "./compare-heads.ts";
import type { AskedEvents, Cursors } from "./cursors.ts";
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

  /** A restart asks no sooner than the last answer allowed. */
  begin(): void {
    const { clock } = this.#parts;
    const { at, wait } = this.#last() ?? { at: 0, wait: 0 };
    const passed = clock.date().getTime() - new Date(at).getTime();
    // A clock that was set back does not make it wait longer.
    const left = Math.min(wait, wait - passed);
    if (left > 0) this.#stopTimer = clock.after(left, () => void this.#ask());
    else void this.#ask();
  }

  end(): void {
    this.#ending.abort();
    this.#stopTimer();
  }

  async #ask(): Promise<void> {
    const { repository, events, clock, fetch, token, hint } = this.#parts;
    const { signal } = this.#ending;
    const etag = this.#last()?.etag;
    const answer = await askEvents(events, { etag, fetch, clock, token: token(), signal });
    if (signal.aborted) return;
    this.#problem = answer.problem;
    if (answer.branches.some(branchFilter(repository.branches))) await hint();
    if (signal.aborted) return;
    // After the look: what was told counts as read once git was asked.
    this.#remember(answer.wait, answer.etag ?? etag);
    this.#stopTimer = clock.after(answer.wait, () => void this.#ask());
  }

  #last(): AskedEvents | undefined {
    const { repository, events, cursors } = this.#parts;
    const { events: asked } = cursors.of(repository.name, repository.url);
    return asked?.of === nameOf(events) ? asked : undefined;
  }

  #remember(wait: number, etag: string | undefined): void {
    const { repository, events, cursors, clock } = this.#parts;
    const asked: AskedEvents = {
      of: nameOf(events),
      at: clock.date().toISOString(),
      wait,
      ...(etag !== undefined && { etag }),
    };
    cursors.set(repository.name, { ...cursors.of(repository.name, repository.url), events: asked });
  }
}

/** Where a token is found belongs to it, for limits are each token's own; the token itself is kept nowhere. */
const nameOf = ({ url, token }: GithubEvents): string => JSON.stringify([url, token]);
