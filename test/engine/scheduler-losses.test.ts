import type { RunEnd } from "../../src/engine/schedule/scheduler-parts.ts";
import { name } from "../support/graph.ts";
import { built, failed, schedule } from "../support/steered-work.ts";

describe("an artifact that is lost while a build runs", () => {
  const missing = { kind: "output-missing", output: "x" } as const;
  const lose = (...names: string[]): RunEnd => ({
    kind: "lost",
    lost: names.map((producer) => ({ producer: name(producer), losses: 0, reason: missing })),
  });

  test("is made again by its producer alone, and its reader runs after that", async () => {
    const { work, run } = schedule("b: [a]\na: [c]", "b");
    work.fresh.add("c").add("a");
    const done = run();
    await work.untilRunning("b");
    work.end("b", lose("a"));
    await work.runThrough("a", "b");
    await done;
    expect(work.starts).toEqual(["b", "a", "b"]);
    expect(work.ends).toEqual(["c fresh", "a fresh", "a lost for b", "a done", "b done"]);
  });

  test("is made again once for all who miss it, and who has run with it stays done", async () => {
    const { work, run } = schedule("all: [b, c, d]\nb: [a]\nc: [a]\nd: [a]", "all", { jobs: 3 });
    const done = run();
    await work.runThrough("a");
    await work.untilRunning("b", "c", "d");
    work.end("b");
    work.end("c", lose("a"));
    work.end("d", lose("a"));
    await work.runThrough("a", "c d", "all");
    await done;
    expect(work.starts).toEqual(["a", "b", "c", "d", "a", "c", "d", "all"]);
    expect(work.ends).toContain("a lost for c");
    expect(work.ends).not.toContain("a lost for d");
  });

  test("fails who misses it a second time", async () => {
    const { plan, work, run } = schedule("b: [a]", "b");
    const done = run();
    for (const [target, end] of [
      ["a", built],
      ["b", lose("a")],
      ["a", built],
    ] as const) {
      await work.untilRunning(target);
      work.end(target, end);
    }
    await work.untilRunning("b");
    const lost = [{ producer: name("a"), losses: 1, reason: missing }];
    work.end("b", { kind: "lost", lost });
    await done;
    expect(plan.stateOf(name("b"))).toMatchObject({
      kind: "failed",
      problem: { message: "a lost again for b" },
    });
    expect(plan.stateOf(name("a")).kind).toBe("done");
  });

  test("that cannot be made again leaves its reader out", async () => {
    const { work, run } = schedule("b: [a]", "b", { keepGoing: true });
    work.fresh.add("a");
    const done = run();
    await work.untilRunning("b");
    work.end("b", lose("a"));
    await work.untilRunning("a");
    work.end("a", failed);
    await done;
    expect(work.ends.slice(-2)).toEqual(["a failed", "b skipped"]);
  });

  test("holds back what waits in the queue, which is checked anew", async () => {
    const { work, run } = schedule("all: [b, c]\nb: [a]\nc: [a]", "all", { jobs: 1 });
    work.fresh.add("a");
    const done = run();
    await work.untilRunning("b");
    work.end("b", lose("a"));
    await work.untilRunning("a");
    work.fresh.add("c");
    work.end("a");
    await work.runThrough("b", "all");
    await done;
    expect(work.starts).toEqual(["b", "a", "b", "all"]);
  });

  test("after a failure elsewhere is not made again", async () => {
    const { work, run } = schedule("all: [b, c]\nb: [a]", "all");
    work.fresh.add("a");
    const done = run();
    await work.untilRunning("b", "c");
    work.end("c", failed);
    work.end("b", lose("a"));
    await done;
    expect(work.ends).toEqual(["a fresh", "c failed", "b cancelled", "all skipped"]);
  });
});
