/** All that notices pushes and times, for the repositories of the configuration that is in effect. */
import { fail, type Result } from "../../model/result.ts";
import { Gate } from "../../net/gate.ts";
import type { Heads } from "../git/remote.ts";
import type { Clock } from "../records/clock.ts";
import type { RepositoryConfig, Schedule, SecretPlace, ServerConfig } from "../records/config.ts";
import { EventsPoller } from "./events-poller.ts";
import type { Fetch } from "./github-events.ts";
import { Schedules } from "./scheduler.ts";
import { type Hint, Watcher, type WatcherParts } from "./watcher.ts";

export interface NoticingParts extends Pick<WatcherParts, "cursors" | "accept" | "deleted"> {
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly readHeads: (url: string, signal: AbortSignal) => Promise<Result<Heads>>;
  readonly secret: (place: SecretPlace) => string | undefined;
  /** Told when git has answered, and what that meant is dealt with. */
  readonly looked: () => void;
  readonly due: (repository: RepositoryConfig, schedule: Schedule) => Promise<boolean>;
}

interface Noticed {
  readonly repository: RepositoryConfig;
  readonly watcher: Watcher;
  readonly events: EventsPoller | undefined;
  readonly schedules: Schedules;
}

/** Servers of git that are asked at once. */
const mostAsked = 4;

export class Noticing {
  readonly #parts: NoticingParts;
  readonly #noticed = new Map<string, Noticed>();
  /** One after the other, and the last one counts. */
  readonly #edits = new Gate(1);
  readonly #gate = new Gate(mostAsked);
  readonly polls = { done: 0, failed: 0 };

  constructor(parts: NoticingParts) {
    this.#parts = parts;
  }

  /** Repositories that are as they were go on; the others end, or begin. */
  follow(config: Pick<ServerConfig, "repositories">): Promise<void> {
    return this.#edits.through(() => this.#follow(config));
  }

  async #follow({ repositories }: Pick<ServerConfig, "repositories">): Promise<void> {
    const wanted = new Map(repositories.map((each) => [each.name, each]));
    const changed = [...this.#noticed.values()].filter(
      ({ repository }) => !isSame(repository, wanted.get(repository.name)),
    );
    for (const { repository } of changed) this.#noticed.delete(repository.name);
    await Promise.all(changed.map(endOf));
    for (const repository of repositories) {
      if (!this.#noticed.has(repository.name)) this.#begin(repository);
    }
  }

  async hint(name: string, hint: Hint): Promise<void> {
    await this.#noticed.get(name)?.watcher.hint(hint);
  }

  /** Why pushes to it cannot be noticed at the moment. */
  problemOf(name: string): string | undefined {
    const noticed = this.#noticed.get(name);
    return noticed?.watcher.problem?.message ?? noticed?.events?.problem;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#noticed.values()].map(endOf));
    this.#noticed.clear();
  }

  #begin(repository: RepositoryConfig): void {
    const { cursors, clock, fetch, secret, due, accept, deleted } = this.#parts;
    const watcher = new Watcher({
      repository,
      cursors,
      clock,
      accept,
      deleted,
      readHeads: (url, signal) =>
        this.#gate.through(async () =>
          signal.aborted ? fail() : await this.#parts.readHeads(url, signal),
        ),
      asked: (isGood) => {
        this.polls.done++;
        if (isGood) this.#parts.looked();
        else this.polls.failed++;
      },
    });
    const { githubEvents } = repository;
    const hint = () => watcher.look({ noticed: "events" });
    const token = () => (githubEvents?.token ? secret(githubEvents.token) : undefined);
    const events =
      githubEvents &&
      new EventsPoller({ repository, events: githubEvents, cursors, clock, fetch, token, hint });
    const schedules = new Schedules(repository, cursors, clock, (each) => due(repository, each));
    this.#noticed.set(repository.name, { repository, watcher, events, schedules });
    watcher.begin();
    events?.begin();
    schedules.begin();
  }
}

async function endOf({ watcher, events, schedules }: Noticed): Promise<void> {
  events?.end();
  schedules.end();
  await watcher.end();
}

const isSame = (one: RepositoryConfig, other: RepositoryConfig | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
