import type { Plan } from "../../src/engine/plan.ts";
import type { Target } from "../../src/model/target.ts";
import { name } from "../support/graph.ts";
import { schedule } from "../support/steered-workers.ts";

function putInPool(plan: Plan, target: string, pool: string): void {
  const declared = plan.graph.project.targets.get(name(target));
  Object.assign(declared as Target, { pool });
}

describe("a pool", () => {
  const one = new Map([["license", 1]]);

  test("has no more of its targets running than it has places, and lets others pass", async () => {
    const { plan, workers, run } = schedule("all: [a, b, c, d]", "all", { jobs: 3, pools: one });
    for (const target of ["a", "b", "c"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a", "d");
    workers.end("d");
    workers.end("a");
    await workers.runThrough("b", "c", "all");
    await done;
    expect(workers.starts).toEqual(["a", "d", "b", "c", "all"]);
  });

  test("is a rule kind too: both have to have a place", async () => {
    const pools = new Map([...one, ["run", 2]]);
    const { plan, workers, run } = schedule("all: [a, b, c, d]", "all", { jobs: 9, pools });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a", "c");
    workers.end("c");
    await workers.untilRunning("a", "d");
    workers.end("a");
    await workers.runThrough("b d", "all");
    await done;
  });

  test("has its place back while a target waits for another attempt", async () => {
    const { plan, workers, timers, run } = schedule("all: [a, b]", "all", { pools: one });
    for (const target of ["a", "b"]) putInPool(plan, target, "license");
    const done = run();
    await workers.untilRunning("a");
    workers.end("a", { kind: "again", seconds: 1 });
    await workers.untilRunning("b");
    timers.advance(1000);
    workers.end("b");
    await workers.runThrough("a", "all");
    await done;
    expect(workers.starts).toEqual(["a", "b", "a", "all"]);
  });
});
