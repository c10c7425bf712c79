import type { ServerConfig } from "../../src/server/records/config.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import type { Run } from "../../src/server/records/run.ts";
import { Dispatcher } from "../../src/server/runs/dispatcher.ts";
import type { RunOutcome } from "../../src/server/runs/outcome.ts";
import { RunList } from "../../src/server/runs/run-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeClock, settled } from "./fake-clock.ts";

const config = {
  limits: { runs: 2, perRepository: 1, queued: 10, time: 600, stop: 10 },
  repositories: [],
} as unknown as ServerConfig;

/** A dispatcher whose runs end when the test says so. */
function room(folder = new DataFolder(temporaryFolder())) {
  const clock = new FakeClock();
  const runs = new RunList(folder, clock, () => {});
  const working = new Map<string, (outcome: RunOutcome) => void>();
  const dispatcher = new Dispatcher({
    ...{ runs, clock, config: () => config, begun: () => {}, ended: () => {} },
    execute: (run, { signal }) =>
      new Promise((resolve) => {
        working.set(run.commit, resolve);
        signal.addEventListener("abort", () => resolve({ kind: "ended", state: "failed" }));
      }),
  });
  const add = (...commits: string[]) => {
    const added = commits.map((commit) => ({
      ...{ repository: `r-${commit}`, branch: "main", commit, targets: ["all"], params: {} },
      ...{ priority: 0, cause: { kind: "push", noticed: "poll" } as const },
    }));
    const found = runs.add(added);
    dispatcher.pump();
    return found;
  };
  const state = (commit: string) => runs.all().find((run) => run.commit === commit) as Run;
  return { folder, clock, runs, dispatcher, working, add, state };
}

test("no more runs at once than there may be, and the next begins when one ends", async () => {
  const { add, working, state } = room();
  add("a", "b", "c");
  expect([...working.keys()]).toEqual(["a", "b"]);
  working.get("a")?.({ kind: "ended", state: "passed", exitCode: 0 });
  await settled();
  expect(state("a")).toMatchObject({ state: "passed", exitCode: 0, attempts: 1 });
  expect([...working.keys()]).toEqual(["a", "b", "c"]);
});

test("a run that takes too long is ended and failed, with the time that it had", async () => {
  const { add, clock, state } = room();
  add("a");
  clock.advance(600_000);
  await settled();
  expect(state("a")).toMatchObject({ state: "failed", problem: "it took longer than 10 min" });
});

test("a run that is cancelled says by whom; one that passed in that moment has passed", async () => {
  const { add, dispatcher, working, state } = room();
  const [a, b] = add("a", "b") as [Run, Run];
  dispatcher.end(a.id, { kind: "cancelled", by: "anna" });
  working.get("b")?.({ kind: "ended", state: "passed" });
  dispatcher.end(b.id, { kind: "cancelled", by: "anna" });
  await settled();
  expect(state("a")).toMatchObject({ state: "cancelled", problem: "cancelled by `anna`" });
  expect(state("b").state).toBe("passed");
});

test("a stop begins nothing more, and leaves what does not end in time to the next start", async () => {
  const first = room();
  first.add("a", "b", "c");
  const stopped = first.dispatcher.stop(10);
  first.working.get("a")?.({ kind: "ended", state: "passed" });
  await settled();
  first.clock.advance(10_000);
  await stopped;
  expect([...first.working.keys()]).toEqual(["a", "b"]);
  first.runs.close();

  const second = room(first.folder);
  second.dispatcher.pump();
  expect([...second.working.keys()]).toEqual(["b", "c"]);
  expect(second.state("b")).toMatchObject({ state: "running", attempts: 2 });
  expect(second.state("a").state).toBe("passed");
});

test("what breaks in one run is told with it, and the others go on", async () => {
  const { runs, clock } = room();
  const full = Object.assign(new Error("ENOSPC: no space left"), {
    code: "ENOSPC",
    syscall: "write",
  });
  const dispatcher = new Dispatcher({
    ...{ runs, clock, config: () => config, begun: () => {}, ended: () => {} },
    execute: async (run) => {
      if (run.commit === "a") throw full;
      return { kind: "ended", state: "passed" };
    },
  });
  runs.add(
    ["a", "b"].map((commit) => ({
      ...{ repository: commit, branch: "main", commit, targets: ["all"], params: {}, priority: 0 },
      cause: { kind: "request", by: "anna" } as const,
    })),
  );
  dispatcher.pump();
  await settled();
  expect(runs.all().map(({ state, problem }) => [state, problem])).toEqual([
    ["failed", "the disk is full"],
    ["passed", undefined],
  ]);
});

test("of a thousand pushes over fifty repositories none is lost, and the newest of each is built", async () => {
  const { runs, clock } = room();
  const built: string[] = [];
  const dispatcher = new Dispatcher({
    ...{ runs, clock, config: () => config, begun: () => {}, ended: () => {} },
    execute: async (run) => {
      await settled();
      built.push(`${run.repository} ${run.commit}`);
      return { kind: "ended", state: "passed" };
    },
  });
  const names = Array.from({ length: 50 }, (_, index) => `r${index}`);
  for (let push = 1; push <= 20; push++) {
    runs.add(
      names.map((repository) => ({
        ...{ repository, branch: "main", commit: `c${push}`, targets: ["all"], params: {} },
        ...{ priority: 0, cause: { kind: "push", noticed: "poll" } as const },
      })),
    );
    dispatcher.pump();
    await settled();
  }
  while (runs.open().length > 0) await settled();
  const all = runs.all();
  expect(all.length).toBe(1000);
  expect(new Set(all.map(({ state }) => state))).toEqual(new Set(["passed", "replaced"]));
  for (const name of names) expect(built).toContain(`${name} c20`);
  const ids = new Set(all.map(({ id }) => id));
  for (const { state, replacedBy } of all) {
    expect(state === "replaced").toBe(replacedBy !== undefined && ids.has(replacedBy));
  }
});
