import type { Plan } from "../../src/engine/plan/plan.ts";
import type { Target } from "../../src/model/target.ts";
import { name } from "../support/graph.ts";
import { schedule } from "../support/steered-work.ts";

function putInPool(plan: Plan, target: string, pool: string): void {
  const declared = plan.graph.project.targets.get(name(target));
  Object.assign(declared as Target, { pool });
}

describe("a pool", () => {
  const one = new Map([["license", 1]]);

  test("has no more of its targets running than it has places, and lets others pass", async () => {
    const { plan, work, run } = schedule("all: [a, b, c, d]", "all", { jobs: 3, pools: one });
    for (const target of ["a", "b", "c"]) putInPool(plan, target, "license");
    const done = run();
    await work.untilRunning("a", "d");
    work.end("d");
    work.end("a");
    await work.runThrough("b", "c", "all");
    await done;
    expect(work.starts).toEqual(["a", "d", "b", "c", "all"]);
  });

  test("is a rule kind too: both have to have a place", async () => {
    const pools = new Map([...one, ["run", 2]]);
    const { plan, work, run } = schedule("all: [a, b, c, d]", "all", { jobs: 9, pools });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await work.untilRunning("a", "c");
    work.end("c");
    await work.untilRunning("a", "d");
    work.end("a");
    await work.runThrough("b d", "all");
    await done;
  });

  test("has its place back while a target waits for another attempt", async () => {
    const { plan, work, timers, run } = schedule("all: [a, b]", "all", { pools: one });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await work.untilRunning("a");
    work.end("a", { kind: "again", seconds: 1 });
    await work.untilRunning("b");
    timers.advance(1000);
    work.end("b");
    await work.runThrough("a", "all");
    await done;
    expect(work.starts).toEqual(["a", "b", "a", "all"]);
  });
});
