/** Tells when the schedules of a repository are due. One that was due while the server was off is told once. */
import { Cron } from "croner";
import type { Clock } from "../records/clock.ts";
import type { RepositoryConfig, Schedule } from "../records/config.ts";
import type { Cursors } from "./cursors.ts";

/** A clock that is set, or a laptop that slept, is noticed within it. */
const longestWait = 60_000;

export class Schedules {
  readonly #repository: RepositoryConfig;
  readonly #cursors: Cursors;
  readonly #clock: Clock;
  readonly #due: (schedule: Schedule) => Promise<boolean>;
  #stopTimer: () => void = () => {};
  #hasEnded = false;

  /** @param due tells whether a run was queued, or why it cannot be is known; else it is told again */
  constructor(
    repository: RepositoryConfig,
    cursors: Cursors,
    clock: Clock,
    due: (schedule: Schedule) => Promise<boolean>,
  ) {
    this.#repository = repository;
    this.#cursors = cursors;
    this.#clock = clock;
    this.#due = due;
  }

  begin(): void {
    if (this.#repository.schedules.length > 0) void this.#check();
  }

  end(): void {
    this.#hasEnded = true;
    this.#stopTimer();
  }

  async #check(): Promise<void> {
    const now = this.#clock.date();
    const waits = [longestWait];
    for (const schedule of this.#repository.schedules) {
      const next = new Cron(schedule.cron, { paused: true, mode: "5-part" }).nextRun(
        this.#lastOf(schedule, now),
      );
      if (next === null) continue;
      if (next <= now && (await this.#due(schedule))) this.#remember(schedule, now);
      if (next > now) waits.push(next.getTime() - now.getTime());
    }
    if (this.#hasEnded) return;
    this.#stopTimer = this.#clock.after(Math.min(...waits), () => void this.#check());
  }

  /** A schedule that is seen for the first time begins now. */
  #lastOf(schedule: Schedule, now: Date): Date {
    const { name, url } = this.#repository;
    const last = this.#cursors.of(name, url).schedules?.[keyOf(schedule)];
    if (last === undefined) this.#remember(schedule, now);
    return last === undefined ? now : new Date(last);
  }

  #remember(schedule: Schedule, now: Date): void {
    const { name, url, schedules } = this.#repository;
    const cursor = this.#cursors.of(name, url);
    const known = schedules.map(keyOf);
    const kept = Object.entries(cursor.schedules ?? {}).filter(([key]) => known.includes(key));
    const next = { ...Object.fromEntries(kept), [keyOf(schedule)]: now.toISOString() };
    this.#cursors.set(name, { ...cursor, schedules: next });
  }
}

const keyOf = ({ cron, branch, targets }: Schedule): string =>
  `${cron} ${branch} ${targets.join(" ")}`;
