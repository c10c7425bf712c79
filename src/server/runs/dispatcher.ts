/**
 * Begins runs as the limits allow, and ends them when they take too long, are cancelled, or the server stops. How
 * a run is carried out is told in `execute`.
 */
import { shownDuration } from "../../model/duration.ts";
import type { Clock } from "../records/clock.ts";
import type { ServerConfig } from "../records/config.ts";
import type { Run } from "../records/run.ts";
import { chooseNext } from "./choose-next.ts";
import { type EndCause, type Execute, endedBy, type RunOutcome } from "./outcome.ts";
import type { RunList } from "./run-list.ts";

interface Active {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export class Dispatcher {
  readonly #runs: RunList;
  readonly #config: () => ServerConfig;
  readonly #execute: Execute;
  readonly #clock: Clock;
  readonly #begun: (run: Run) => void;
  readonly #ended: (run: Run) => void;
  readonly #active = new Map<string, Active>();
  #isStopping = false;

  constructor(parts: {
    readonly runs: RunList;
    readonly config: () => ServerConfig;
    readonly execute: Execute;
    readonly clock: Clock;
    readonly begun: (run: Run) => void;
    readonly ended: (run: Run) => void;
  }) {
    this.#runs = parts.runs;
    this.#config = parts.config;
    this.#execute = parts.execute;
    this.#clock = parts.clock;
    this.#begun = parts.begun;
    this.#ended = parts.ended;
  }

  /** Begins what may begin. To be called when a run was added, and when the limits are others. */
  pump(): void {
    for (;;) {
      if (this.#isStopping) return;
      const open = this.#runs.open();
      const active = open.filter(({ id }) => this.#active.has(id));
      const waiting = open.filter(({ id }) => !this.#active.has(id));
      const next = chooseNext(waiting, active, this.#config().limits);
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  get isBusy(): boolean {
    return this.#active.size > 0;
  }

  isActive(id: string): boolean {
    return this.#active.has(id);
  }

  /** Of a run that is active; one that waits is for the list of runs. */
  end(id: string, cause: EndCause): void {
    this.#active.get(id)?.controller.abort(cause);
  }

  /** Begins nothing more; what runs gets that time to end, and is left to be resumed then. */
  async stop(seconds: number): Promise<void> {
    this.#isStopping = true;
    const giveUp = this.#clock.after(seconds * 1000, () => {
      for (const id of this.#active.keys()) this.end(id, { kind: "stop" });
    });
    await Promise.all([...this.#active.values()].map(({ done }) => done));
    giveUp();
  }

  #begin(run: Run): void {
    const controller = new AbortController();
    const now = this.#clock.date().toISOString();
    const begun = this.#runs.change(run.id, {
      state: "running",
      startedAt: run.startedAt ?? now,
      attempts: run.attempts + 1,
    });
    const seconds = this.#timeOf(run);
    const limit = shownDuration(seconds);
    const stopTimer = this.#clock.after(seconds * 1000, () =>
      controller.abort({ kind: "time", limit } satisfies EndCause),
    );
    const done = this.#carryOut(begun, controller.signal).then((outcome) => {
      stopTimer();
      this.#active.delete(run.id);
      this.#close(run.id, outcome);
      this.pump();
    });
    this.#active.set(run.id, { controller, done });
    this.#begun(begun);
  }

  async #carryOut(run: Run, signal: AbortSignal): Promise<RunOutcome> {
    try {
      const learn = (about: Pick<Run, "subject" | "author">) => {
        this.#runs.change(run.id, about);
      };
      const outcome = await this.#execute(run, { signal, learn });
      // It may have come to its end in the same moment: then that is what counts.
      const isDone = outcome.kind === "ended" && outcome.state === "passed";
      if (!signal.aborted || isDone) return outcome;
      const told = outcome.kind === "ended" ? outcome : {};
      return { ...told, ...endedBy(signal.reason as EndCause) };
    } catch (error) {
      return { kind: "ended", state: "failed", problem: problemOf(error) };
    }
  }

  #close(id: string, outcome: RunOutcome): void {
    if (outcome.kind === "left") return;
    const { kind, ...result } = outcome;
    const finishedAt = this.#clock.date().toISOString();
    this.#ended(this.#runs.change(id, { ...result, finishedAt }));
  }

  #timeOf({ repository }: Run): number {
    const { repositories, limits } = this.#config();
    return repositories.find(({ name }) => name === repository)?.time ?? limits.time;
  }
}

/** A bug, or a disk that is full: the server goes on with the other runs. */
function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full";
  return `the server could not carry it out: ${message}`;
}
