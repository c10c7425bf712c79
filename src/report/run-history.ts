/**
 * What happened in a run and when, told from the lines of its log: which targets ran from when to when, with
 * their steps, and which services were up. What is still under way at the last line ends with it.
 */
import type { CriticalPath, Event } from "../model/event.ts";
import type { RunHeader, RunLine, TimedEvent } from "../model/run-log.ts";

type TimedOf<K extends Event["kind"]> = Extract<TimedEvent, { readonly kind: K }>;

/** Milliseconds since the run started. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface StepSpan extends Span {
  readonly name: string;
  readonly state: string;
}

export interface TargetSpan extends Span {
  readonly started: TimedOf<"target-started">;
  /** Absent when the run ended before it. */
  readonly finished: TimedOf<"target-finished"> | undefined;
  readonly steps: readonly StepSpan[];
  readonly cachedSteps: number;
}

export interface ServiceSpan extends Span {
  readonly target: string;
  /** When it answered. */
  readonly ready: number | undefined;
  readonly address: string | undefined;
}

export interface RunHistory {
  readonly header: RunHeader | undefined;
  readonly started: TimedOf<"started"> | undefined;
  readonly finished: TimedOf<"finished"> | undefined;
  readonly end: number;
  readonly waiting: readonly (Span & { readonly pid: number })[];
  readonly targets: readonly TargetSpan[];
  readonly services: readonly ServiceSpan[];
  readonly interruptedAt: number | undefined;
  /** Problems found before their target could start. */
  readonly checksFailed: readonly TimedOf<"target-finished">[];
  readonly criticalPath: CriticalPath | undefined;
}

export function historyOf(lines: readonly RunLine[]): RunHistory {
  const events = lines.filter((line): line is TimedEvent => line.kind !== "run");
  const end = events.at(-1)?.ms ?? 0;
  const finished = one(events, "finished");
  const started = one(events, "started");
  const targets = targetSpans(events, end);
  const ran = new Set(targets.map((target) => target.finished));
  return {
    header: lines.find((line) => line.kind === "run"),
    started,
    finished,
    end,
    waiting: all(events, "waiting").map(({ ms, pid }) => ({
      from: ms,
      to: started?.ms ?? end,
      pid,
    })),
    targets,
    services: serviceSpans(events, end),
    interruptedAt: one(events, "interrupted")?.ms,
    checksFailed: all(events, "target-finished").filter(
      (event) => event.outcome === "failed" && !ran.has(event),
    ),
    criticalPath: finished?.criticalPath,
  };
}

const all = <K extends Event["kind"]>(events: readonly TimedEvent[], kind: K) =>
  events.filter((event): event is TimedOf<K> => event.kind === kind);

const one = <K extends Event["kind"]>(events: readonly TimedEvent[], kind: K) =>
  events.find((event): event is TimedOf<K> => event.kind === kind);

/** In order of their start. */
function targetSpans(events: readonly TimedEvent[], end: number): readonly TargetSpan[] {
  const finished = new Map(all(events, "target-finished").map((event) => [event.target, event]));
  const steps = new Map<string, TimedOf<"step">[]>();
  for (const step of all(events, "step"))
    steps.set(step.target, [...(steps.get(step.target) ?? []), step]);
  return all(events, "target-started").map((started) => {
    const ended = finished.get(started.target);
    const span = { from: started.ms, to: ended?.ms ?? end };
    const own = steps.get(started.target) ?? [];
    const cachedSteps = own.filter(({ state }) => state === "cached").length;
    return { ...span, started, finished: ended, steps: stepSpans(own, span), cachedSteps };
  });
}

/** In order of their start. A step that is told of only when it is over began its seconds before. */
function stepSpans(steps: readonly TimedOf<"step">[], within: Span): readonly StepSpan[] {
  const open = new Map<string, TimedOf<"step">>();
  const spans: StepSpan[] = [];
  const add = (name: string, state: string, from: number, to: number): void => {
    const clamp = (ms: number): number => Math.min(Math.max(ms, within.from), within.to);
    spans.push({ name, state, from: clamp(from), to: clamp(to) });
  };
  for (const step of steps) {
    if (step.state === "cached") continue;
    if (step.state === "started") open.set(step.id, step);
    else {
      const begun = open.get(step.id)?.ms ?? step.ms - (step.seconds ?? 0) * 1000;
      open.delete(step.id);
      add(step.name, step.state, begun, step.ms);
    }
  }
  for (const { name, ms } of open.values()) add(name, "unfinished", ms, within.to);
  return spans.sort((a, b) => a.from - b.from);
}

/** A service may be up more than once in a run; a new start ends what was before. */
function serviceSpans(events: readonly TimedEvent[], end: number): readonly ServiceSpan[] {
  const open = new Map<string, ServiceSpan>();
  const spans: ServiceSpan[] = [];
  const close = (target: string, to: number): void => {
    const span = open.get(target);
    if (span) spans.push({ ...span, to });
    open.delete(target);
  };
  for (const { target, state, ms, address } of all(events, "service")) {
    const before = open.get(target);
    if (state === "starting") {
      close(target, ms);
      open.set(target, { target, from: ms, to: end, ready: undefined, address: undefined });
    } else if (state === "ready" && before) open.set(target, { ...before, ready: ms, address });
    else if (state === "stopped") close(target, ms);
  }
  for (const target of [...open.keys()]) close(target, end);
  return spans.sort((a, b) => a.from - b.from);
}
