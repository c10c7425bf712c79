import type { CriticalPath, Event } from "../../src/model/event.ts";
import type { RunLine } from "../../src/model/run-log.ts";
import { profileOf } from "../../src/report/profile.ts";
import { faults, sliceOf, slices } from "../support/trace-checks.ts";
import { begun, failure, finished, targetFinished, targetStarted } from "./fake-report.ts";

const header: RunLine = {
  kind: "run",
  format: 1,
  tbuild: "1.2.3",
  command: "tbuild all",
  startedAt: "2026-01-01T00:00:00.000Z",
};

/** A run log of these events, by the milliseconds at which they came. */
const run = (...events: readonly (readonly [ms: number, event: Event])[]): readonly RunLine[] => [
  header,
  ...events.map(([ms, event]) => ({ ...event, ms })),
];

type State = (Event & { kind: "step" })["state"];

const step = (id: string, state: State, seconds?: number): Event => ({
  kind: "step",
  target: "web",
  id,
  name: `step ${id}`,
  state,
  ...(seconds !== undefined && { seconds }),
});

const service = (state: (Event & { kind: "service" })["state"]): Event => ({
  kind: "service",
  target: "repo",
  state,
  ...(state === "ready" && { address: "localhost:80" }),
});

const onLanes = (lines: readonly RunLine[]) =>
  slices(profileOf(lines)).filter((line) => !line.startsWith("tbuild: "));

test("a target lies in the first job that is free when it starts", () => {
  const lines = run(
    [1, begun()],
    [2, targetStarted("a")],
    [2, targetStarted("b")],
    [5, targetFinished("b")],
    [5, targetStarted("c")],
    [7, targetFinished("a")],
    [7.5, targetStarted("d")],
    [9, targetFinished("c")],
    [9, targetFinished("d")],
    [10, finished()],
  );
  expect(onLanes(lines)).toEqual([
    "job 1: a 2-7",
    "job 2: b 2-5",
    "job 2: c 5-9",
    "job 1: d 7.5-9",
  ]);
  expect(faults(profileOf(lines))).toEqual([]);
});

test("a slice says the rule, the stale reason, the outcome and the log", () => {
  const log = ".tbuild/logs/a.log";
  const profile = profileOf(
    run(
      [0, begun()],
      [1, targetStarted("a", "input `x` changed")],
      [2, targetFinished("a", "built", { log, note: "2 tags" })],
      [3, finished({ built: 1, fresh: 18 })],
    ),
  );
  expect(sliceOf(profile, "a").args).toEqual({
    target: "a",
    rule: "image",
    why: "input `x` changed",
    outcome: "built",
    log,
    note: "2 tags",
  });
});

test("the whole run is a slice with its counts; what was fresh is summed up", () => {
  const { traceEvents, otherData } = profileOf(
    run([0, begun()], [3, finished({ built: 1, fresh: 18 })]),
  );
  expect(traceEvents.find(({ name, ph }) => name === "tbuild all" && ph === "X")).toMatchObject({
    ts: 0,
    dur: 3000,
    args: { wanted: ["all"], jobs: 2, built: 1, fresh: 18, failed: 0, skipped: 0 },
  });
  expect(traceEvents.find(({ ph }) => ph === "i")).toMatchObject({ name: "18 fresh", ts: 3000 });
  expect(otherData).toEqual(header);
});

test("steps lie in their target; those that run beside each other get lanes of their own", () => {
  const lines = run(
    [0, begun()],
    [1, targetStarted("web")],
    [2, step("1", "started")],
    [3, step("2", "started")],
    [4, step("1", "done", 0.002)],
    [4, step("3", "started")],
    [5, step("4", "cached")],
    [6, step("2", "done")],
    [8, step("3", "failed")],
    [9, targetFinished("web")],
    [10, finished()],
  );
  expect(onLanes(lines)).toEqual([
    "job 1: web 1-9",
    "job 1: step 1 2-4",
    "job 1, steps beside: step 2 3-6",
    "job 1: step 3 4-8",
  ]);
  expect(sliceOf(profileOf(lines), "web").args).toMatchObject({ cachedSteps: 1 });
  expect(faults(profileOf(lines))).toEqual([]);
});

test("a step that is told of at its end began before it, and not before its target", () => {
  const lines = run(
    [0, begun()],
    [1000, targetStarted("web")],
    [2000, step("1", "done", 0.5)],
    [2500, step("2", "done", 60)],
    [3000, targetFinished("web")],
    [3000, finished()],
  );
  expect(onLanes(lines)).toEqual([
    "job 1: web 1000-3000",
    "job 1: step 2 1000-2500",
    "job 1, steps beside: step 1 1500-2000",
  ]);
});

test("a service has a lane of its own, and may be up more than once", () => {
  const lines = run(
    [0, begun()],
    [1, targetStarted("web")],
    [1, service("starting")],
    [3, service("ready")],
    [5, service("stopped")],
    [6, service("starting")],
    [7, service("ready")],
    [8, service("starting")],
    [9, targetFinished("web")],
    [10, finished()],
  );
  expect(onLanes(lines)).toEqual([
    "job 1: web 1-9",
    "service repo: starting 1-3",
    "service repo: up 3-5",
    "service repo: starting 6-7",
    "service repo: up 7-8",
    "service repo: starting 8-10",
  ]);
  expect(faults(profileOf(lines))).toEqual([]);
});

test("arrows lead along the critical path", () => {
  const criticalPath: CriticalPath = {
    targets: ["a", "c"].map((target) => ({ target, title: target, seconds: 1, waited: 0 })),
    seconds: 2,
    waited: 0,
    estimates: [],
  };
  const profile = profileOf(
    run(
      [0, begun()],
      [1, targetStarted("a")],
      [1, targetStarted("b")],
      [2, targetFinished("a")],
      [2, targetStarted("c")],
      [3, targetFinished("b")],
      [3, targetFinished("c")],
      [3, finished({ criticalPath })],
    ),
  );
  const arrows = profile.traceEvents.filter(({ cat }) => cat === "critical path");
  expect(arrows.map(({ ph, id, tid, ts }) => [ph, id, tid, ts])).toEqual([
    ["s", 1, 1, 1999],
    ["f", 1, 1, 2000],
  ]);
  expect(faults(profile)).toEqual([]);
});

test("of a run that was interrupted or killed, what ran until then is there", () => {
  const lines = run(
    [0, { kind: "waiting", pid: 7, command: "tbuild" }],
    [4, begun()],
    [5, targetStarted("web")],
    [6, step("1", "started")],
    [8, { kind: "interrupted" }],
  );
  const profile = profileOf(lines);
  expect(slices(profile)).toEqual([
    "tbuild: tbuild all 0-8",
    "tbuild: plan 0-4",
    "tbuild: waiting for process 7 0-4",
    "job 1: web 5-8",
    "job 1: step 1 6-8",
  ]);
  expect(sliceOf(profile, "web").args).toMatchObject({ outcome: "unfinished" });
  expect(profile.traceEvents).toContainEqual(
    expect.objectContaining({ ph: "i", name: "interrupted", ts: 8000 }),
  );
  expect(faults(profile)).toEqual([]);
});

test("a failure says why, and one found before its target could start is a moment", () => {
  const profile = profileOf(
    run(
      [0, begun()],
      [1, targetStarted("a")],
      [2, failure("a")],
      [3, failure("b")],
      [4, finished({ failed: 2 })],
    ),
  );
  const problem = "step `RUN make` exited with code 2";
  expect(sliceOf(profile, "a").args).toMatchObject({ outcome: "failed", problem });
  expect(profile.traceEvents).toContainEqual(
    expect.objectContaining({ ph: "i", name: "b failed", args: { problem } }),
  );
});

test("a log without a line is a trace without a slice of a target", () => {
  expect(slices(profileOf([]))).toEqual(["tbuild: tbuild 0-0", "tbuild: plan 0-0"]);
});
