/** A `tbuild watch` that runs: what each of its rounds told, from one rest to the next. */
import type { Event } from "../../src/model/event.ts";
import { type End, type Running, start } from "./running.ts";
import type { RunOptions } from "./tbuild.ts";

type Kind<K extends Event["kind"]> = Event & { readonly kind: K };

/** What happened between two rests. */
export interface Round {
  /** Names of what began builds, in order. */
  readonly changed: readonly string[];
  /** Names of what stopped them. */
  readonly stoppedFor: readonly string[];
  /** Targets that were started, in order. */
  readonly ran: readonly string[];
  readonly builds: number;
  /** Messages of problems, warnings and failures. */
  readonly messages: readonly string[];
  readonly watching: Kind<"watching">;
}

export class Watching {
  readonly running: Running;
  #told = 0;
  #rests = 0;

  constructor(folder: string, args: readonly string[] = [], options: RunOptions = {}) {
    this.running = start(folder, ["watch", ...args], options);
  }

  /** Until it waits for the next change. */
  async rests(): Promise<Round> {
    const wanted = ++this.#rests;
    let seen = 0;
    await this.running.until(({ kind }) => kind === "watching" && ++seen === wanted);
    const { events } = this.running;
    const at = events.findIndex(({ kind }, index) => index >= this.#told && kind === "watching");
    const since = events.slice(this.#told, at + 1);
    this.#told = at + 1;
    return roundOf(since);
  }

  /** Ends it while it waits. */
  async end(signal: NodeJS.Signals = "SIGINT"): Promise<End> {
    this.running.signal(signal);
    return this.running.ended;
  }
}

function roundOf(events: readonly Event[]): Round {
  const of = <K extends Event["kind"]>(kind: K) =>
    events.filter((event): event is Kind<K> => event.kind === kind);
  const names = (stops: boolean) =>
    of("changed").flatMap((event) => (event.stops === stops ? event.changed.names : []));
  return {
    changed: names(false),
    stoppedFor: names(true),
    ran: of("target-started").map(({ target }) => target),
    builds: of("finished").length,
    messages: events.flatMap((event) =>
      "problem" in event && event.problem ? [event.problem.message] : [],
    ),
    watching: of("watching")[0] as Kind<"watching">,
  };
}
