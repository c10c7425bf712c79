import { Plan } from "../../src/engine/plan/plan.ts";
import { graphOf, name } from "../support/graph.ts";

describe("a plan", () => {
  test("passes on what was made again through groups and alternatives", () => {
    const plan = new Plan(graphOf("top: [x]\nx: { first-of: [g, z] }\ng: [a]"), () => ({
      index: 0,
      passedOver: [],
    }));
    plan.demand([name("top")]);
    Object.assign(plan.targetNamed(name("g")), { rule: undefined });
    const done = { kind: "done", how: "built", artifacts: [] } as const;
    for (const each of ["a", "g", "x"]) plan.move(name(each), done);
    plan.takeReady();
    plan.lose(name("a"), { kind: "output-missing", output: "x" });
    const states = ["a", "g", "x", "top"].map((each) => plan.stateOf(name(each)).kind);
    expect(states).toEqual(["queued", "waiting", "waiting", "waiting"]);
    expect(plan.isReady(name("top"))).toBe(false);
    for (const each of ["a", "g", "x"]) {
      expect(plan.takeReady().map((target) => target.name)).toEqual(each === "a" ? [] : [each]);
      plan.move(name(each), done);
    }
    expect(plan.takeReady().map((target) => target.name)).toEqual(["top"]);
  });

  test("holds only the alternative that was chosen, until another is", () => {
    const plan = new Plan(graphOf("all: [x]\nx: { first-of: [a, b] }\nb: [c]"), () => ({
      index: 0,
      passedOver: [],
    }));
    plan.demand([name("all")]);
    const names = () => plan.targets().map((target) => target.name);
    expect(names()).toEqual(["a", "x", "all"]);
    plan.choose(name("x"), { index: 1, passedOver: [] });
    expect(names()).toEqual(["a", "x", "all", "c", "b"]);
  });
});
