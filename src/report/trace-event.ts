/** Events of the Trace Event Format that a profile is made of. What they tell of is decided by others. */
import type { Lane, Lanes } from "./profile-lanes.ts";
import type { Span } from "./run-history.ts";

/** One event of a trace; times are in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** `M` says what a lane is called, `X` is a slice, `i` a moment, `s` and `f` the ends of an arrow. */
  readonly ph: "M" | "X" | "i" | "s" | "f";
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly cat?: string;
  readonly dur?: number;
  /** Of a moment: told for the whole process. Of an arrow: where it ends. */
  readonly s?: "p";
  readonly bp?: "e";
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface Profile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, unknown>>;
}

/** There is one process, and lanes stand in the order in which they were added. */
export const pid = 1;

/** What the lanes are called. */
export function nameEvents(lanes: Lanes): readonly TraceEvent[] {
  const about = (
    name: string,
    tid: number,
    args: Readonly<Record<string, unknown>>,
  ): TraceEvent => ({
    name,
    ph: "M",
    pid,
    tid,
    ts: 0,
    args,
  });
  return [
    about("process_name", 0, { name: "tbuild" }),
    ...lanes.all.flatMap(({ tid, name }) => [
      about("thread_name", tid, { name }),
      about("thread_sort_index", tid, { sort_index: tid }),
    ]),
  ];
}

type Args = Readonly<Record<string, unknown>>;

/** A slice with its name, and the category by which viewers colour it. */
export function slice(
  { name, cat }: { readonly name: string; readonly cat: string },
  { tid }: Lane,
  { from, to }: Span,
  args: Args = {},
): TraceEvent {
  const ts = microseconds(from);
  return { name, cat, ph: "X", pid, tid, ts, dur: microseconds(to) - ts, args };
}

export const moment = (name: string, { tid }: Lane, ms: number, args: Args = {}): TraceEvent => ({
  name,
  ph: "i",
  pid,
  tid,
  ts: microseconds(ms),
  s: "p",
  args,
});

export const microseconds = (ms: number): number => Math.round(ms * 1000);
