/** What reporters for people are made with: where they write, how they look, and the time. */
import type { LineReader } from "./format-diagnostic.ts";
import type { Paint } from "./paint.ts";

export interface Sink {
  write(text: string): void;
}

/** The time as reporters need it; a fake in tests. */
export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back again and again without keeping the process alive, until the returned function is called. */
  every(milliseconds: number, tick: () => void): () => void;
}

export interface ReportOptions {
  /** For answers that were asked for: the list of a dry run. */
  readonly out: Sink;
  /** For how the work goes. */
  readonly err: Sink;
  readonly paint: Paint;
  readonly clock: Clock;
  readonly readLine: LineReader;
  /** The command that makes just this target again. */
  readonly again: (target: string) => string;
  /** Output of commands, steps and fresh targets too. */
  readonly verbose: boolean;
}

/** Lines as one text to write. */
export const textOf = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join("");
