/** What the log of traces tells, and what it is held to. How it is kept is told by `trace-store.ts`. */
import type { Trace } from "../model/trace.ts";
import { encodeCheckedLine } from "./checked-lines.ts";
import type { MadeRecord } from "./made-things.ts";
import { readTrace } from "./trace-log.ts";

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

/** IDs of the images that a trace tells of, as an object or as the JSON of its record. */
export function imagesIn(trace: Trace | Buffer): readonly string[] {
  if (Buffer.isBuffer(trace) && !trace.includes('"kind":"image"')) return [];
  const { artifacts } = Buffer.isBuffer(trace) ? readTrace(trace) : trace;
  return artifacts.flatMap(({ kind, digest }) => (kind === "image" ? [digest] : []));
}
