/** What the log of traces tells, and what it is held to. How it is kept is told by `trace-store.ts`. */
import type { Trace } from "../model/trace.ts";
import { encodeCheckedLine } from "./checked-lines.ts";
import type { MadeRecord } from "./made-things.ts";

/** A line of the log. */
export type LogRecord =
  | { readonly trace: Trace }
  | { readonly dropped: string }
  | MadeRecord
  /** Traces that a run found fresh. */
  | { readonly used: Use };

export interface Use {
  /** The day, and who used them: a run on the same day need not say it again. */
  readonly mark: string;
  readonly keys: readonly string[];
}

export interface TraceBounds {
  /** Of the log, in bytes. */
  readonly limit: number;
  /** How many targets this run relied on: where there are no more traces than that, none has to go. */
  readonly targets: number;
  /** Keys of the traces that this run relies on; asked only when something has to go. */
  readonly inUse: () => ReadonlySet<string>;
  /** Whether an output, by its path, is still there. */
  readonly isThere: (path: string) => boolean;
  /** Called before anything is removed. */
  readonly onEvict: (keys: readonly string[]) => void;
}

const sizeOf = (record: LogRecord): number => Buffer.byteLength(encodeCheckedLine(record));

/** Bytes of its line: the JSON, and what stands around it. */
export const sizeOfTrace = (trace: Trace | Buffer): number =>
  Buffer.isBuffer(trace) ? trace.length + 10 : sizeOf({ trace });
