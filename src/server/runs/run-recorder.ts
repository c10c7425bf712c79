/**
 * Turns what the tbuild of a run prints into its files and its targets, with secrets hidden line by line. How
 * the process is run is told in `execute`.
 */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Event, Reporter } from "../../model/event.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import { hideTexts } from "../../model/hide-texts.ts";
import { formatDiagnostic } from "../../report/format-diagnostic.ts";
import { plainPaint } from "../../report/paint.ts";
import { plainReporter } from "../../report/plain.ts";
import { Redactor } from "../../report/redact.ts";
import type { Clock } from "../records/clock.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { LiveEvents } from "../records/live-events.ts";
import type { RunTarget } from "../records/run.ts";
import type { FoldedTargets, RunLine } from "./fold-targets.ts";
import { parsedEvent } from "./parsed-event.ts";
import { RunLogs } from "./run-logs.ts";

export interface RecorderParts {
  readonly folder: DataFolder;
  readonly live: LiveEvents;
  /** What must not be shown. */
  readonly secrets: readonly string[];
  /** Milliseconds after the run began first. */
  readonly elapsed: () => number;
  readonly clock: Pick<Clock, "after">;
}

/** Milliseconds. */
const tellEvery = 250;

export class RunRecorder {
  readonly #id: string;
  readonly #parts: RecorderParts;
  readonly #redactor: Redactor;
  readonly #logs = new RunLogs();
  readonly #console: Reporter;
  /** Logs by their targets, and the other way round. */
  readonly #files = new Map<string, string>();
  readonly #targets = new Map<string, string>();
  readonly #grown = new Set<string>();
  #stopTimer: (() => void) | undefined;
  readonly folded: FoldedTargets;

  constructor(id: string, folded: FoldedTargets, parts: RecorderParts) {
    this.#id = id;
    this.#parts = parts;
    this.folded = folded;
    this.#redactor = new Redactor(parts.secrets);
    const sink = { write: (text: string) => this.#logs.add(parts.folder.output(id), text) };
    this.#console = plainReporter({
      out: sink,
      err: sink,
      paint: plainPaint,
      clock: { now: parts.elapsed, every: () => () => {} },
      readLine: () => undefined,
      again: (target) => `tbuild ${target}`,
      verbose: false,
    });
  }

  /** A line of the server's own, or of what a program said. */
  say(line: string): void {
    this.#logs.add(this.#parts.folder.output(this.#id), `${this.#redactor.text(line)}\n`);
  }

  sayProblem(problem: Diagnostic): void {
    for (const line of formatDiagnostic(problem)) this.say(line);
  }

  /** One more attempt. */
  begin(attempt: number): void {
    this.#line({ kind: "attempt", attempt, ms: this.#parts.elapsed() });
    if (attempt > 1) this.say(`--- the server was restarted: attempt ${attempt} of this run ---`);
  }

  expect(graph: GraphDrawing): void {
    this.folded.expect(hideTexts(graph, (text) => this.#redactor.text(text)));
    this.#parts.live.tell({ kind: "graph-known", run: this.#id });
  }

  /** Lines of `--log json`. What is none is shown as it is. */
  async take(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const event = parsedEvent(line);
      if (event === undefined) this.say(line);
      else this.#take(hideTexts(event, (text) => this.#redactor.text(text)));
    }
    await this.flush();
  }

  async flush(): Promise<void> {
    for (const file of await this.#logs.flush()) this.#grown.add(file);
    if (this.#stopTimer === undefined) this.#tellGrown();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stopTimer?.();
    this.#tellLogs();
  }

  hide(text: string): string {
    return this.#redactor.text(text);
  }

  /** A few times a second at most, whatever a build writes. */
  #tellGrown(): void {
    this.#stopTimer = undefined;
    if (this.#grown.size === 0) return;
    this.#tellLogs();
    this.#stopTimer = this.#parts.clock.after(tellEvery, () => this.#tellGrown());
  }

  #tellLogs(): void {
    for (const file of this.#grown) {
      const target = this.#targets.get(file);
      const bytes = this.#logs.bytes(file) ?? 0;
      const isLog = target !== undefined || file === this.#parts.folder.output(this.#id);
      const of = target === undefined ? {} : { target };
      if (isLog) this.#parts.live.tell({ kind: "log-grown", run: this.#id, ...of, bytes });
    }
    this.#grown.clear();
  }

  #take(event: Event): void {
    if (event.kind === "output") {
      const file = this.#fileOf(event.target);
      this.#logs.add(file, `${event.line}\n`);
    } else if (event.kind !== "transfer") {
      // Output has a file of its own, and bytes on their way are old when somebody reads of them.
      this.#line({ ...event, ms: this.#parts.elapsed() });
    }
    this.#console.report(event);
  }

  #fileOf(target: string): string {
    const known = this.#files.get(target);
    if (known !== undefined) return known;
    const file = this.#parts.folder.targetLog(this.#id, target);
    this.#files.set(target, file);
    this.#targets.set(file, target);
    return file;
  }

  #line(line: RunLine): void {
    this.#logs.add(this.#parts.folder.events(this.#id), `${JSON.stringify(line)}\n`);
    const target = this.folded.take(line);
    if (target) this.#parts.live.tell({ kind: "target-changed", run: this.#id, target });
  }
}

/** With the bytes that their logs have. */
export function withLogs(
  targets: readonly RunTarget[],
  bytes: (target: string) => number | undefined,
): readonly RunTarget[] {
  return targets.map((target) => {
    const logBytes = bytes(target.name);
    return logBytes === undefined ? target : { ...target, logBytes };
  });
}
