/** Repositories that follow others: when a run of them is queued, and when not. */
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { fail, ok } from "../../src/model/result.ts";
import { Following } from "../../src/server/following.ts";
import { Cursors } from "../../src/server/notice/cursors.ts";
import type { RepositoryConfig } from "../../src/server/records/config.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import type { Run, RunCause } from "../../src/server/records/run.ts";
import { RunList } from "../../src/server/runs/run-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeClock } from "./fake-clock.ts";

const head = "a".repeat(40);
const repository = (name: string, more: Partial<RepositoryConfig> = {}): RepositoryConfig => ({
  ...{ name, url: `/srv/${name}`, branches: ["main"], targets: ["all"], params: {}, follows: [] },
  ...{ schedules: [], cancelRunning: false, buildAtStart: false, priority: 0, environment: [] },
  ...more,
});
const fleet = repository("fleet", { follows: ["api"], targets: ["push"] });

/** `fleet` follows `api`; its own head was seen before. */
async function room(
  api = repository("api"),
  folder = new DataFolder(temporaryFolder()),
  start = "2026-11-21T12:00:00.000Z",
) {
  const clock = new FakeClock(start);
  const cursors = new Cursors(folder.cursors);
  const runs = new RunList(folder, clock, () => {});
  const told: string[] = [];
  const queue: { refuse?: Diagnostic } = {};
  const following = new Following({
    ...{ cursors, runs, config: () => ({ repositories: [api, fleet] }) },
    add: async (run) => (queue.refuse ? fail(queue.refuse) : ok(runs.add([run])[0] as Run)),
    tell: (line) => told.push(line),
  });
  const see = async (name: string, commit: string) => {
    const { url } = repository(name);
    cursors.set(name, { ...cursors.of(name, url), heads: { main: commit } });
    await following.look();
    await cursors.written();
  };
  await see("fleet", head);
  const end = async (run: Run | undefined, state: "passed" | "failed") => {
    clock.advance(1000);
    runs.change(run?.id ?? "", { state, finishedAt: clock.date().toISOString() });
    await following.look();
    await cursors.written();
  };
  const built = async (state: "passed" | "failed", cause: RunCause = push): Promise<string> => {
    clock.advance(1000);
    const request = { commit: "1".repeat(40), targets: ["all"], params: {}, priority: 0, cause };
    const [run] = runs.add([{ repository: "api", branch: "main", ...request }]);
    await end(run, state);
    return run?.id ?? "";
  };
  const followers = () => runs.all().filter((run) => run.repository === "fleet");
  return { folder, following, runs, told, queue, see, built, end, followers };
}

const push = { kind: "push", noticed: "poll" } as const;

test("a run that passed starts one of who follows: its own targets, at its own newest commit", async () => {
  const { built, followers } = await room();
  const run = await built("passed");
  expect(followers()).toMatchObject([
    {
      ...{ branch: "main", commit: head, targets: ["push"], state: "queued" },
      cause: { kind: "follow", of: "api", run },
    },
  ]);
});

test("one that failed starts none, nor one of what somebody asked for; a failed one that is tried again and passes does", async () => {
  const { built, followers } = await room();
  const failed = await built("failed");
  await built("passed", { kind: "request", by: "anna" });
  expect(followers()).toEqual([]);
  await built("passed", { kind: "retry", of: failed, by: "anna" });
  expect(followers()).toHaveLength(1);
});

test("what came while one waits needs no second one; what comes while it runs does", async () => {
  const { built, followers, runs } = await room();
  await built("passed");
  await built("passed");
  expect(followers()).toHaveLength(1);
  runs.change(followers()[0]?.id ?? "", { state: "running" });
  await built("passed");
  expect(followers().map(({ state }) => state)).toEqual(["running", "queued"]);
});

test("what passed before anybody followed starts nothing; what passed while the server was off does, once", async () => {
  const { folder, built } = await room(repository("other"));
  await built("passed");
  expect((await room(undefined, folder)).followers()).toEqual([]);
  await (await room(repository("other"), folder, "2026-11-21T13:00:00.000Z")).built("passed");
  expect((await room(undefined, folder)).followers()).toHaveLength(1);
  expect((await room(undefined, folder)).followers()).toHaveLength(1);
});

test("runs that are kept no longer make no news of older ones", async () => {
  const { built, followers, runs, following, end } = await room();
  await built("passed");
  const newest = await built("passed");
  await end(followers()[0], "passed");
  runs.remove([newest]);
  await following.look();
  expect(followers()).toHaveLength(1);
});

test("a repository of which nothing is built is followed by its pushes", async () => {
  const { see, followers } = await room(repository("api", { targets: [] }));
  await see("api", "1".repeat(40));
  expect(followers()).toEqual([]);
  const commit = "2".repeat(40);
  await see("api", commit);
  await see("api", commit);
  expect(followers()).toMatchObject([{ cause: { kind: "follow", of: "api", commit } }]);
});

test("a run that cannot be queued is told once, and queued when it can be", async () => {
  const { built, followers, queue, told, following } = await room();
  queue.refuse = { code: "queue-full", blame: "surroundings", message: "the queue is full" };
  await built("passed");
  await following.look();
  expect([followers(), told]).toEqual([[], ["fleet cannot follow: the queue is full"]]);
  delete queue.refuse;
  await following.look();
  expect(followers()).toHaveLength(1);
});
