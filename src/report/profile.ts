/**
 * A run as a trace in the Trace Event Format, for ui.perfetto.dev and chrome://tracing: what ran when, in
 * which job, and why. Made from the lines of a run log alone; writes no file.
 */
import { keptOf, type RunLine } from "../model/run-log.ts";
import { type Lane, Lanes, type Place, placeTargets } from "./profile-lanes.ts";
import type { ReportFile } from "./report-file.ts";
import { historyOf, type RunHistory, type ServiceSpan, type TargetSpan } from "./run-history.ts";
import {
  microseconds,
  moment,
  nameEvents,
  type Profile,
  pid,
  slice,
  type TraceEvent,
} from "./trace-event.ts";

/** What `--profile` names: the same as of the run log. */
export function profileFile(): ReportFile {
  const lines: RunLine[] = [];
  return {
    add: (line) => {
      if (line.kind === "run") lines.push(line);
      else {
        const kept = keptOf(line);
        if (kept) lines.push({ ...kept, ms: line.ms });
      }
    },
    text: () => `${JSON.stringify(profileOf(lines))}\n`,
  };
}

export function profileOf(lines: readonly RunLine[]): Profile {
  const history = historyOf(lines);
  const lanes = new Lanes();
  const whole = lanes.add("tbuild");
  const targets = placeTargets(history.targets, lanes);
  const events = [
    ...wholeEvents(history, whole),
    ...[...targets].flatMap(([target, place]) => targetEvents(target, place)),
    ...arrows(history, targets),
    ...serviceEvents(history.services, lanes),
  ];
  const { header } = history;
  return {
    traceEvents: [...nameEvents(lanes), ...events],
    displayTimeUnit: "ms",
    otherData: header ? { ...header } : {},
  };
}

function wholeEvents(history: RunHistory, lane: Lane): readonly TraceEvent[] {
  const { header, started, finished, end, interruptedAt } = history;
  const { built, fresh, failed, skipped, criticalPath } = finished ?? {};
  const counts = { built, fresh, failed, skipped };
  const args = { wanted: started?.wanted, jobs: started?.jobs, ...counts, criticalPath };
  return [
    slice({ name: header?.command ?? "tbuild", cat: "build" }, lane, { from: 0, to: end }, args),
    slice({ name: "plan", cat: "build" }, lane, { from: 0, to: started?.ms ?? end }),
    ...(fresh ? [moment(`${fresh} fresh`, lane, end)] : []),
    ...history.waiting.map((span) =>
      slice({ name: `waiting for process ${span.pid}`, cat: "wait" }, lane, span),
    ),
    ...history.checksFailed.map(({ title, ms, problem }) =>
      moment(`${title} failed`, lane, ms, { problem: problem?.message }),
    ),
    ...(interruptedAt === undefined ? [] : [moment("interrupted", lane, interruptedAt)]),
  ];
}

function targetEvents(target: TargetSpan, { lane, stepLanes }: Place): readonly TraceEvent[] {
  const { started, finished, steps, cachedSteps } = target;
  const args = {
    target: started.target,
    rule: started.rule,
    why: started.why,
    outcome: finished?.outcome ?? "unfinished",
    log: finished?.log,
    note: finished?.note,
    problem: finished?.problem?.message,
    ...(cachedSteps > 0 && { cachedSteps }),
  };
  return [
    slice({ name: started.title, cat: started.rule }, lane, target, args),
    ...steps.map((step, at) =>
      slice({ name: step.name, cat: "step" }, stepLanes[at] ?? lane, step, {
        target: started.target,
        state: step.state,
      }),
    ),
  ];
}

/** From each target of the critical path to the next. */
function arrows(
  { criticalPath }: RunHistory,
  targets: ReadonlyMap<TargetSpan, Place>,
): readonly TraceEvent[] {
  const byName = new Map([...targets.keys()].map((span) => [span.started.target, span]));
  const path = (criticalPath?.targets ?? []).flatMap(({ target }) => byName.get(target) ?? []);
  return path.slice(1).flatMap((next, at) => {
    const before = path[at] as TargetSpan;
    const common = { name: "critical path", cat: "critical path", pid, id: at + 1 };
    // An arrow belongs to the slice that its time lies in, and at its end a slice is over.
    const leaves = Math.max(microseconds(before.from), microseconds(before.to) - 1);
    const tidOf = (span: TargetSpan): number => targets.get(span)?.lane.tid ?? 0;
    return [
      { ...common, ph: "s", tid: tidOf(before), ts: leaves },
      { ...common, ph: "f", bp: "e", tid: tidOf(next), ts: microseconds(next.from) },
    ] as const;
  });
}

function serviceEvents(services: readonly ServiceSpan[], lanes: Lanes): readonly TraceEvent[] {
  const laneOf = new Map<string, Lane>();
  for (const { target } of services) {
    if (!laneOf.has(target)) laneOf.set(target, lanes.add(`service ${target}`));
  }
  return services.flatMap(({ target, from, to, ready, address }) => {
    const lane = laneOf.get(target) as Lane;
    const up =
      ready === undefined
        ? []
        : [slice({ name: "up", cat: "service" }, lane, { from: ready, to }, { address })];
    return [slice({ name: "starting", cat: "service" }, lane, { from, to: ready ?? to }), ...up];
  });
}
