/** Names of runs: they sort by the time at which a run was queued, and no two are the same. */
import { randomBytes } from "node:crypto";

/** `20261121T104935123Z-7f3a` */
export class RunIds {
  #last: number;

  /** @param ids of the runs that there are: a clock that was set back makes no older ones */
  constructor(ids: Iterable<string>) {
    this.#last = 0;
    for (const id of ids) this.#last = Math.max(this.#last, timeOf(id));
  }

  next(now: Date): string {
    this.#last = Math.max(now.getTime(), this.#last + 1);
    const time = new Date(this.#last).toISOString().replaceAll(/[-:.]/g, "");
    return `${time}-${randomBytes(2).toString("hex")}`;
  }
}

function timeOf(id: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(id);
  if (parts === null) return 0;
  const [year, month, day, hours, minutes, seconds, ms] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hours, minutes, seconds, ms);
}
