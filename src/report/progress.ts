/**
 * Where a build stands, told from its events: what runs, what is done, what failed and why. One
 * function changes it; nothing here is printed.
 */
import type { Event } from "../model/event.ts";
import { Transfers } from "./transfers.ts";
import { printable } from "./width.ts";

export type TargetFinished = Event & { readonly kind: "target-finished" };

/** A target that runs, or a service that starts. */
export interface Running {
  readonly title: string;
  readonly since: number;
  /** Steps under way, by id. */
  readonly steps: Map<string, string>;
  readonly transfers: Transfers;
  line: string;
}

export class Progress {
  total = 0;
  done = 0;
  fresh = 0;
  interrupted = false;
  /** A watch ended it for a newer change. */
  stopped = false;
  /** Set once a build has begun; problems before it leave nothing to sum up. */
  begun = false;
  startedAt = 0;
  readonly running = new Map<string, Running>();
  readonly failures: TargetFinished[] = [];
  /** Titles of skipped targets, by the failed one that they need. */
  readonly skipped = new Map<string | undefined, string[]>();
  readonly dryRun = { certain: 0, uncertain: 0, removes: false };

  /** Takes in one event, at the given time in milliseconds. */
  apply(event: Event, now: number): void {
    switch (event.kind) {
      case "started":
        this.begun = true;
        this.startedAt = now;
        this.total = event.total;
        this.done = event.fresh;
        this.fresh = event.fresh;
        return;
      case "planned":
        this.total = event.total;
        return;
      case "target-started":
        this.running.set(event.target, runningSince(event.title, now));
        return;
      case "artifact-lost":
        this.#lose(event);
        return;
      case "attempt-failed":
        this.#pause(event);
        return;
      case "attempt-started":
        this.running.set(event.target, runningSince(event.title, now));
        return;
      case "target-finished":
        this.#finish(event);
        return;
      case "service":
        this.#service(event, now);
        return;
      case "would-run":
        this.dryRun[event.certain ? "certain" : "uncertain"] += 1;
        return;
      case "would-free":
        this.dryRun.removes = true;
        return;
      case "interrupted":
        this.interrupted = true;
        return;
      case "changed":
        this.stopped = event.stops;
        return;
      case "step":
      case "output":
      case "transfer":
        followRun(this.running.get(event.target), event, now);
        return;
    }
  }

  #finish(event: TargetFinished): void {
    this.running.delete(event.target);
    this.done += 1;
    if (event.outcome === "fresh") this.fresh += 1;
    if (event.outcome === "failed") this.failures.push(event);
    if (event.outcome !== "skipped") return;
    const others = this.skipped.get(event.because) ?? [];
    this.skipped.set(event.because, [...others, event.title]);
  }

  #lose({ was, by }: Event & { kind: "artifact-lost" }): void {
    this.running.delete(by);
    this.done -= 1;
    if (was === "fresh") this.fresh -= 1;
  }

  /** It takes no job, but whoever looks must not miss it. */
  #pause({ target, attempt, of }: Event & { kind: "attempt-failed" }): void {
    const run = this.running.get(target);
    if (run === undefined) return;
    run.steps.clear();
    run.transfers.clear();
    run.line = `waiting for attempt ${attempt + 1} of ${of}`;
  }

  #service(event: Event & { kind: "service" }, now: number): void {
    const key = `service ${event.target}`;
    if (event.state !== "starting") {
      this.running.delete(key);
      return;
    }
    const run = runningSince(event.target, now);
    run.line = "starting the service";
    this.running.set(key, run);
  }
}

/** What a running target does now: bytes on their way, its step, or the last line that it said. */
export function activityOf({ steps, transfers, line }: Running, now: number): string {
  return transfers.text(now) ?? [...steps.values()].at(-1) ?? line;
}

const runningSince = (title: string, since: number): Running => ({
  title,
  since,
  steps: new Map(),
  transfers: new Transfers(),
  line: "",
});

function followRun(
  run: Running | undefined,
  event: Event & { kind: "step" | "output" | "transfer" },
  now: number,
): void {
  if (run === undefined) return;
  switch (event.kind) {
    case "output":
      run.line = printable(event.line).trim() || run.line;
      return;
    case "step":
      if (event.state === "started")
        run.steps.set(event.id, printable(event.name).replace(/\s+/g, " "));
      else run.steps.delete(event.id);
      return;
    case "transfer":
      run.transfers.follow(event.id, { done: event.done, total: event.total }, now);
      return;
  }
}
