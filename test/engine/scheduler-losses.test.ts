import type { RunEnd } from "../../src/engine/scheduler-parts.ts";
import { name } from "../support/graph.ts";
import { built, failed, schedule } from "../support/steered-workers.ts";

describe("an artifact that is lost while a build runs", () => {
  const missing = { kind: "output-missing", output: "x" } as const;
  const lose = (...names: string[]): RunEnd => ({
    kind: "lost",
    lost: names.map((producer) => ({ producer: name(producer), losses: 0, reason: missing })),
  });

  test("is made again by its producer alone, and its reader runs after that", async () => {
    const { workers, run } = schedule("b: [a]\na: [c]", "b");
    workers.fresh.add("c").add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.runThrough("a", "b");
    await done;
    expect(workers.starts).toEqual(["b", "a", "b"]);
    expect(workers.ends).toEqual(["c fresh", "a fresh", "a lost for b", "a done", "b done"]);
  });

  test("is made again once for all who miss it, and who has run with it stays done", async () => {
    const { workers, run } = schedule("all: [b, c, d]\nb: [a]\nc: [a]\nd: [a]", "all", { jobs: 3 });
    const done = run();
    await workers.runThrough("a");
    await workers.untilRunning("b", "c", "d");
    workers.end("b");
    workers.end("c", lose("a"));
    workers.end("d", lose("a"));
    await workers.runThrough("a", "c d", "all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "c", "d", "a", "c", "d", "all"]);
    expect(workers.ends).toContain("a lost for c");
    expect(workers.ends).not.toContain("a lost for d");
  });

  test("fails who misses it a second time", async () => {
    const { plan, workers, run } = schedule("b: [a]", "b");
    const done = run();
    for (const [target, end] of [
      ["a", built],
      ["b", lose("a")],
      ["a", built],
    ] as const) {
      await workers.untilRunning(target);
      workers.end(target, end);
    }
    await workers.untilRunning("b");
    const lost = [{ producer: name("a"), losses: 1, reason: missing }];
    workers.end("b", { kind: "lost", lost });
    await done;
    expect(plan.stateOf(name("b"))).toMatchObject({
      kind: "failed",
      problem: { message: "a lost again for b" },
    });
    expect(plan.stateOf(name("a")).kind).toBe("done");
  });

  test("that cannot be made again leaves its reader out", async () => {
    const { workers, run } = schedule("b: [a]", "b", { keepGoing: true });
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.untilRunning("a");
    workers.end("a", failed);
    await done;
    expect(workers.ends.slice(-2)).toEqual(["a failed", "b skipped"]);
  });

  test("holds back what waits in the queue, which is checked anew", async () => {
    const { workers, run } = schedule("all: [b, c]\nb: [a]\nc: [a]", "all", { jobs: 1 });
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b");
    workers.end("b", lose("a"));
    await workers.untilRunning("a");
    workers.fresh.add("c");
    workers.end("a");
    await workers.runThrough("b", "all");
    await done;
    expect(workers.starts).toEqual(["b", "a", "b", "all"]);
  });

  test("after a failure elsewhere is not made again", async () => {
    const { workers, run } = schedule("all: [b, c]\nb: [a]", "all");
    workers.fresh.add("a");
    const done = run();
    await workers.untilRunning("b", "c");
    workers.end("c", failed);
    workers.end("b", lose("a"));
    await done;
    expect(workers.ends).toEqual(["a fresh", "c failed", "b cancelled", "all skipped"]);
  });
});
