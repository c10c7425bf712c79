/**
 * Records one run: passes its events on, keeps them with their times in the run log, and remembers
 * when each target ran. Which events are worth keeping is said by the model.
 */
import type { Event, Reporter } from "../model/event.ts";
import { hideTexts } from "../model/hide-texts.ts";
import { keptOf, type RunLine, runLogFormat } from "../model/run-log.ts";
import type { TargetName } from "../model/target.ts";
import { RunLog } from "../store/run-log.ts";
import type { BuildParts, BuildRequest } from "./build-request.ts";

/** Milliseconds since the run started. */
export interface RanTarget {
  readonly title: string;
  readonly started: number;
  readonly ended: number;
}

type RecordedRequest = Pick<BuildRequest, "command" | "version" | "dryRun" | "signal">;
type RecordedParts = Pick<BuildParts, "reporter" | "redact" | "record">;

export class Recorder {
  /** What the build reports to. */
  readonly reporter: Reporter;
  /** Targets that ran to an end, good or bad. */
  readonly ran = new Map<TargetName, RanTarget>();
  /** When the plan was made and targets could start. */
  begunAt = 0;
  readonly #parts: RecordedParts;
  readonly #signal: AbortSignal;
  readonly #startedAt = new Date();
  readonly #since = performance.now();
  readonly #running = new Map<string, { readonly title: string; readonly started: number }>();
  /** Lines from before there is a log; undefined in a dry run, which leaves nothing. */
  #early: RunLine[] | undefined;
  #log: RunLog | undefined;
  #interrupted = false;

  constructor(request: RecordedRequest, parts: RecordedParts) {
    const { command, version, dryRun, signal } = request;
    this.#parts = parts;
    this.#signal = signal;
    this.reporter = { report: (event) => this.#report(event), close: () => parts.reporter.close() };
    if (dryRun) return;
    this.#early = [];
    const startedAt = this.#startedAt.toISOString();
    const header = {
      kind: "run",
      format: runLogFormat,
      tbuild: version,
      command,
      startedAt,
    } as const;
    this.#tell(header);
    this.#keep(header);
    signal.addEventListener("abort", this.#interrupt, { once: true });
  }

  /**
   * Begins the run log, once the workspace is ours.
   * @param limit bytes of earlier ones; a run that does not know it leaves that to one that does
   */
  open(folder: string, limit?: number): void {
    this.#log = new RunLog(folder, this.#startedAt, limit);
    for (const line of this.#early ?? []) this.#log.append(line);
    this.#early = [];
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#interrupt);
    this.#log?.close();
  }

  #report(event: Event): void {
    this.#parts.reporter.report(event);
    if (!this.#early) return;
    if (event.kind === "interrupted") this.#interrupt();
    else this.#record(event);
  }

  #record(event: Event): void {
    const kept = keptOf(event);
    if (!kept && !this.#parts.record) return;
    const ms = this.#milliseconds();
    this.#tell({ ...event, ms });
    if (!kept) return;
    this.#follow(kept, ms);
    this.#keep({ ...kept, ms });
  }

  /** The build tells of it only once everything has ended. */
  readonly #interrupt = (): void => {
    if (this.#interrupted) return;
    this.#interrupted = true;
    const line = { kind: "interrupted", ms: this.#milliseconds() } as const;
    this.#tell(line);
    this.#keep(line);
  };

  #tell(line: RunLine): void {
    const { record, redact } = this.#parts;
    record?.(hideTexts(line, redact));
  }

  #follow(event: Event, ms: number): void {
    if (event.kind === "started") this.begunAt = ms;
    if (event.kind === "target-started")
      this.#running.set(event.target, { title: event.title, started: ms });
    if (event.kind !== "target-finished") return;
    const run = this.#running.get(event.target);
    this.#running.delete(event.target);
    if (run) this.ran.set(event.target as TargetName, { ...run, ended: ms });
  }

  #keep(line: RunLine): void {
    const shown = hideTexts(line, this.#parts.redact);
    const isEnd = line.kind === "interrupted" || line.kind === "finished";
    if (this.#log) this.#log.append(shown, isEnd);
    else this.#early?.push(shown);
  }

  /** To the microsecond, which is finer than anything that is told. */
  #milliseconds(): number {
    return Math.round((performance.now() - this.#since) * 1000) / 1000;
  }
}
