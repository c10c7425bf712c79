/** Reads profiles as a viewer does, and tells what a viewer could not draw. */
import type { Profile, TraceEvent } from "../../src/report/trace-event.ts";

/** Slices as `lane: name from-to`, in milliseconds, in the order in which they began. */
export function slices({ traceEvents }: Profile): readonly string[] {
  const names = laneNames(traceEvents);
  return bySlice(traceEvents).map(
    ({ tid, name, ts, dur = 0 }) => `${names.get(tid)}: ${name} ${ts / 1000}-${(ts + dur) / 1000}`,
  );
}

/** The slice of a target. */
export function sliceOf({ traceEvents }: Profile, target: string): TraceEvent {
  const found = traceEvents.find(
    ({ ph, cat, args }) => ph === "X" && cat !== "step" && args?.["target"] === target,
  );
  if (!found) throw new Error(`${target} has no slice`);
  return found;
}

/** What is wrong with a trace: nothing, when it is as the format has it. */
export function faults({ traceEvents }: Profile): readonly string[] {
  return [...shapes(traceEvents), ...overlaps(traceEvents), ...looseArrows(traceEvents)];
}

/** Every slice must be named, placed and not of negative length; every lane of a slice has a name. */
function shapes(events: readonly TraceEvent[]): readonly string[] {
  const names = laneNames(events);
  return events.flatMap((event) => {
    const { name, ph, ts, dur = 0, tid } = event;
    const isFine = name !== "" && Number.isInteger(ts) && ts >= 0 && dur >= 0 && names.has(tid);
    const hasLength = (ph === "X") === (event.dur !== undefined);
    return isFine && hasLength ? [] : [`malformed: ${JSON.stringify(event)}`];
  });
}

/** In one lane a slice lies in another or behind it; only steps lie in targets, and the build in its own lane. */
function overlaps(events: readonly TraceEvent[]): readonly string[] {
  const open = new Map<number, TraceEvent[]>();
  return bySlice(events).flatMap((slice) => {
    const stack = open.get(slice.tid) ?? [];
    while (stack.length > 0 && endOf(stack.at(-1)) <= slice.ts) stack.pop();
    const outer = stack.at(-1);
    open.set(slice.tid, [...stack, slice]);
    if (outer === undefined) return [];
    const nests = endOf(slice) <= endOf(outer) && (slice.cat === "step" || slice.tid === 0);
    return nests && outer.cat !== "step" ? [] : [`${slice.name} overlaps ${outer.name}`];
  });
}

/** Both ends of an arrow lie in a slice. */
function looseArrows(events: readonly TraceEvent[]): readonly string[] {
  const all = bySlice(events);
  const isLoose = ({ ts, tid }: TraceEvent): boolean =>
    !all.some((slice) => slice.tid === tid && slice.ts <= ts && ts <= endOf(slice));
  const ends = events.filter(({ ph }) => ph === "s" || ph === "f");
  return ends.filter(isLoose).map(({ ph, id }) => `arrow ${id} is loose at ${ph}`);
}

const endOf = (slice: TraceEvent | undefined): number => (slice?.ts ?? 0) + (slice?.dur ?? 0);

const bySlice = (events: readonly TraceEvent[]): readonly TraceEvent[] =>
  events
    .filter(({ ph }) => ph === "X")
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0) || a.tid - b.tid);

const laneNames = (events: readonly TraceEvent[]): ReadonlyMap<number, unknown> =>
  new Map(
    events.flatMap(({ ph, name, tid, args }) =>
      ph === "M" && name === "thread_name" ? [[tid, args?.["name"]] as const] : [],
    ),
  );
