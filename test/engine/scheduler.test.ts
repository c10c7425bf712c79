import { name } from "../support/graph.ts";
import { failed, schedule } from "../support/steered-work.ts";

describe("the scheduler", () => {
  test("runs dependencies before their dependents", async () => {
    const { work, run } = schedule("all: [a]\na: [b]", "all");
    const done = run();
    await work.runThrough("b", "a", "all");
    await done;
    expect(work.ends).toEqual(["b done", "a done", "all done"]);
  });

  test("runs no more at once than there are jobs", async () => {
    const { work, run } = schedule("all: [a, b, c]", "all");
    const done = run();
    await work.untilRunning("a", "b");
    work.end("b");
    await work.runThrough("a c", "all");
    await done;
    expect(work.starts).toEqual(["a", "b", "c", "all"]);
  });

  test("a target of two paths runs once", async () => {
    const { work, run } = schedule("all: [a, b]\na: [c]\nb: [c]", "all");
    work.fresh.add("all").add("a").add("b");
    const done = run();
    await work.runThrough("c");
    await done;
    expect(work.starts).toEqual(["c"]);
  });

  test("fresh targets run nothing, whatever the number of jobs", async () => {
    const { work, run } = schedule("all: [a, b, c, d]", "all", { jobs: 1 });
    for (const target of ["all", "a", "b", "c", "d"]) work.fresh.add(target);
    await run();
    expect(work.starts).toEqual([]);
    expect(work.ends).toHaveLength(5);
  });

  test("starts what the longest remaining path begins with", async () => {
    const { plan, work, run } = schedule("all: [a, b, c]\nc: [d]", "all", { jobs: 1 });
    const seconds: Record<string, number> = { a: 1, b: 5, c: 9, d: 1, all: 0 };
    plan.prioritise((target) => seconds[target.name] ?? 1);
    const done = run();
    await work.runThrough("d", "c", "b", "a", "all");
    await done;
    expect(work.starts).toEqual(["d", "c", "b", "a", "all"]);
  });

  test("after a failure it lets what runs end, and starts nothing more", async () => {
    const { work, run } = schedule("all: [a, b, c]", "all");
    const done = run();
    await work.untilRunning("a", "b");
    work.end("a", failed);
    work.end("b");
    await done;
    expect(work.starts).toEqual(["a", "b"]);
    expect(work.ends.sort()).toEqual(["a failed", "all skipped", "b done", "c cancelled"]);
  });

  test("with keep-going, only what depends on the failed target is left out", async () => {
    const { plan, work, run } = schedule("all: [a, b, c]\nc: [a]", "all", { keepGoing: true });
    const done = run();
    await work.untilRunning("a", "b");
    work.end("a", failed);
    work.end("b");
    await done;
    expect(work.ends.sort()).toEqual(["a failed", "all skipped", "b done", "c skipped"]);
    expect(plan.stateOf(name("all"))).toEqual({ kind: "skipped", because: "a" });
  });

  test("aborted, it starts nothing more", async () => {
    const { work, abort, run } = schedule("all: [a]\na: [b]", "all");
    const done = run();
    await work.untilRunning("b");
    abort.abort();
    work.end("b");
    await done;
    expect(work.ends).toEqual(["b done", "a cancelled", "all cancelled"]);
  });

  test("an exclusive target runs alone", async () => {
    const { work, run } = schedule("all: [a, clean, b]", "all", { jobs: 3 });
    work.exclusive.add("clean");
    const done = run();
    await work.runThrough("a b", "clean", "all");
    await done;
    expect(work.starts).toEqual(["a", "b", "clean", "all"]);
  });

  test("a chain of ten thousand is no deeper than the call stack", async () => {
    const links = Array.from({ length: 10_000 }, (_, i) => [`t${i}`, [`t${i + 1}`]] as const);
    const { work, plan, run } = schedule(Object.fromEntries(links), "t0");
    for (const target of plan.targets()) work.fresh.add(target.name);
    await run();
    expect(work.ends).toHaveLength(10_001);
  });
});

describe("a target that waits for another attempt", () => {
  test("leaves its job to others", async () => {
    const { plan, work, timers, run } = schedule("all: [a, b]", "all", { jobs: 1 });
    const done = run();
    await work.untilRunning("a");
    work.end("a", { kind: "again", seconds: 5 });
    await work.untilRunning("b");
    expect(plan.stateOf(name("a")).kind).toBe("paused");
    timers.advance(5000);
    work.end("b");
    await work.runThrough("a", "all");
    await done;
    expect(work.starts).toEqual(["a", "b", "a", "all"]);
    expect(work.ends).toEqual(["b done", "a done", "all done"]);
  });

  test("goes on when that is due, though nothing else is to run", async () => {
    const { work, timers, run } = schedule("a: []", "a");
    const done = run();
    await work.untilRunning("a");
    work.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    timers.advance(4999);
    expect(work.running).toEqual([]);
    timers.advance(1);
    await work.runThrough("a");
    await done;
    expect(work.ends).toEqual(["a done"]);
  });

  test("is cancelled at once when the build is aborted", async () => {
    const { work, timers, abort, run } = schedule("a: []", "a");
    const done = run();
    await work.untilRunning("a");
    work.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    abort.abort();
    await done;
    expect(work.ends).toEqual(["a cancelled"]);
    expect(timers.waits).toEqual([]);
  });

  test("gets none after a failure elsewhere", async () => {
    const { work, timers, run } = schedule("all: [a, b]", "all");
    const done = run();
    await work.untilRunning("a", "b");
    work.end("a", { kind: "again", seconds: 5 });
    await timers.untilWaiting(5000);
    work.end("b", failed);
    await done;
    expect(work.ends).toEqual(["b failed", "a cancelled", "all skipped"]);
  });
});
