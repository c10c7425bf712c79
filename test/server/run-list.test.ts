import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import type { Run } from "../../src/server/records/run.ts";
import { chooseNext } from "../../src/server/runs/choose-next.ts";
import { chooseRemoved } from "../../src/server/runs/retention.ts";
import { type NewRun, RunList } from "../../src/server/runs/run-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeClock } from "./fake-clock.ts";

const pushOf = (branch: string, commit: string, more: Partial<NewRun> = {}): NewRun => ({
  ...{ repository: "shop", branch, commit, targets: ["all"], params: {}, priority: 0 },
  cause: { kind: "push", noticed: "poll" },
  ...more,
});

function room() {
  const folder = new DataFolder(temporaryFolder());
  const clock = new FakeClock();
  const open = (changed: (run: Run) => void = () => {}) => new RunList(folder, clock, changed);
  return { folder, clock, open };
}

const states = (runs: RunList) => runs.all().map(({ commit, state }) => `${commit} ${state}`);

test("what was queued is queued after a crash, and what was running is running", () => {
  const { open } = room();
  const runs = open();
  const [first] = runs.add([pushOf("main", "a"), pushOf("side", "b")]);
  runs.change((first as Run).id, { state: "running", attempts: 1 });
  expect(states(open())).toEqual(["a running", "b queued"]);
});

test("a newer push takes the place of the one that waits, and of nothing else", () => {
  const { open } = room();
  const runs = open();
  const request: NewRun = pushOf("main", "r", { cause: { kind: "request", by: "anna" } });
  runs.add([pushOf("main", "a"), request, pushOf("side", "b")]);
  const [newest] = runs.add([pushOf("main", "c")]);
  expect(states(runs)).toEqual(["a replaced", "r queued", "b queued", "c queued"]);
  expect(runs.all()[0]).toMatchObject({
    ...{ replacedBy: newest?.id, finishedAt: "2026-11-21T12:00:00.000Z" },
  });
});

test("a journal cut off at any byte loses at most what was not accepted, and queues nothing twice", () => {
  const { folder, open } = room();
  const runs = open();
  runs.add([pushOf("main", "a")]);
  const accepted = readFileSync(folder.journal).length;
  runs.add([pushOf("main", "b")]);
  const whole = readFileSync(folder.journal);
  for (let size = accepted; size <= whole.length; size++) {
    writeFileSync(folder.journal, whole);
    truncateSync(folder.journal, size);
    const queued = states(open()).filter((state) => state.endsWith("queued"));
    expect([["a queued"], ["b queued"]]).toContainEqual(queued);
  }
});

test("a damaged line is counted and left out, and the lines behind it are read", () => {
  const { folder, open } = room();
  open().add([pushOf("main", "a")]);
  appendFileSync(folder.journal, "half a li");
  const runs = open();
  expect(runs.damaged).toBe(1);
  runs.add([pushOf("side", "b")]);
  expect(states(open())).toEqual(["a queued", "b queued"]);
});

test("IDs sort by time, also when the clock is set back", () => {
  const { folder, open } = room();
  const [later] = open().add([pushOf("main", "a")]);
  const early = new RunList(folder, new FakeClock("2020-01-01T00:00:00.000Z"), () => {});
  const [next] = early.add([pushOf("side", "b")]);
  expect(later?.id).toMatch(/^20261121T120000000Z-[0-9a-f]{4}$/);
  expect((next?.id ?? "") > (later?.id ?? "")).toBe(true);
});

test("runs are listed from the newest on, by repository, branch and state, and from an ID on", () => {
  const { open } = room();
  const runs = open();
  runs.add([pushOf("main", "a"), pushOf("side", "b"), pushOf("main", "c", { repository: "web" })]);
  const commits = (query: Omit<Parameters<RunList["list"]>[0], "limit">) =>
    runs.list({ limit: 10, ...query }).map(({ commit }) => commit);
  expect(commits({})).toEqual(["c", "b", "a"]);
  expect(commits({ repository: "shop" })).toEqual(["b", "a"]);
  expect(commits({ branch: "main", state: "queued" })).toEqual(["c", "a"]);
  expect(commits({ before: runs.list({ limit: 1 })[0]?.id as string })).toEqual(["b", "a"]);
});

const run = (id: string, more: Partial<Run> = {}): Run => ({
  ...pushOf("main", "c"),
  ...{ id, state: "queued", queuedAt: "", attempts: 0 },
  ...more,
});

test("what was interrupted goes first, then by priority, then by age, as the limits allow", () => {
  const limits = { runs: 2, perRepository: 1 };
  const waiting = [
    run("1"),
    run("2", { priority: 5, repository: "web" }),
    run("3", { state: "running" }),
  ];
  expect(chooseNext(waiting, [], limits)?.id).toBe("3");
  expect(chooseNext(waiting.slice(0, 2), [], limits)?.id).toBe("2");
  expect(chooseNext(waiting.slice(0, 2), [run("0", { repository: "web" })], limits)?.id).toBe("1");
  expect(chooseNext(waiting, [run("0"), run("9", { repository: "x" })], limits)).toBeUndefined();
});

test("two runs of one branch never share their work folder", () => {
  const limits = { runs: 9, perRepository: 9 };
  expect(chooseNext([run("2")], [run("1")], limits)).toBeUndefined();
  expect(chooseNext([run("2", { branch: "side" })], [run("1")], limits)?.id).toBe("2");
});

describe("what is kept", () => {
  const ended = (id: string, day: number, more: Partial<Run> = {}) =>
    run(id, { state: "passed", finishedAt: `2026-11-0${day}T00:00:00.000Z`, ...more });
  const now = Date.parse("2026-11-09T00:00:00.000Z");
  const removed = (runs: readonly Run[], keep: { runs?: number; for?: number; size?: number }) =>
    chooseRemoved(runs, { runs: 100, for: 1e9, size: 1e9, ...keep }, { now, sizeOf: () => 10 }).map(
      ({ id }) => id,
    );
  const runs = [ended("1", 1), ended("2", 2, { branch: "side" }), ended("3", 3), ended("4", 4)];

  test("is bounded by number, by age and by size, the oldest going first", () => {
    expect(removed(runs, { runs: 2 })).toEqual(["1"]);
    expect(removed(runs, { for: 7 * 86_400 })).toEqual(["1"]);
    expect(removed(runs, { size: 15 })).toEqual(["1", "3"]);
    expect(removed(runs, {})).toEqual([]);
  });

  test("is always the newest run of a branch, and what has not ended", () => {
    const open = run("5", { state: "running" });
    const replaced = ended("6", 5, { state: "replaced" });
    expect(removed([...runs, open, replaced], { runs: 1, for: 1 })).toEqual(["1", "3"]);
  });
});
