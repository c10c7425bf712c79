import { Plan } from "../../src/engine/plan/plan.ts";
import { criticalPath } from "../../src/engine/schedule/critical-path.ts";
import { graphOf, name } from "../support/graph.ts";
import { Workspace } from "../support/workspace.ts";

/** When each target ran, in seconds: `a: [0, 2]`. */
type Ran = Readonly<Record<string, readonly [started: number, ended: number]>>;

function pathOf(yaml: Parameters<typeof graphOf>[0], wanted: string, ran: Ran, jobs = 2) {
  const plan = new Plan(graphOf(yaml), () => ({ index: 0, passedOver: [] }));
  plan.demand([name(wanted)]);
  const times = Object.entries(ran).map(
    ([target, [started, ended]]) =>
      [name(target), { title: target, started: started * 1000, ended: ended * 1000 }] as const,
  );
  return criticalPath(plan, { ran: new Map(times), begunAt: 0 }, jobs);
}

const shown = ({ targets }: ReturnType<typeof pathOf>) =>
  targets.map(({ target, seconds, waited }) => `${target} ${seconds} after ${waited}`);

test("the critical path is the longest chain by the time that its targets took", () => {
  const path = pathOf("all: [b, c]\nb: [a]\nc: [a]", "all", {
    a: [0, 2],
    b: [2, 5],
    c: [2, 9],
    all: [9, 10],
  });
  expect(shown(path)).toEqual(["a 2 after 0", "c 7 after 0", "all 1 after 0"]);
  expect(path).toMatchObject({ seconds: 10, waited: 0 });
});

test("what was fresh in between keeps a chain together", () => {
  const path = pathOf("all: [b, x]\nb: [a]", "all", { a: [0, 2], x: [0, 3], all: [3, 5] });
  expect(shown(path)).toEqual(["x 3 after 0", "all 2 after 0"]);
  const other = pathOf("all: [b, x]\nb: [a]", "all", { a: [0, 4], x: [0, 3], all: [4, 5] });
  expect(shown(other)).toEqual(["a 4 after 0", "all 1 after 0"]);
});

test("waiting for a job is told apart from waiting for dependencies", () => {
  const path = pathOf("all: [a, b, c]", "all", { a: [0, 2], b: [0, 3], c: [2, 8], all: [8, 9] });
  expect(shown(path)).toEqual(["c 6 after 2", "all 1 after 0"]);
  expect(path).toMatchObject({ seconds: 7, waited: 2 });
});

test("estimates are for the jobs of the run, for twice as many and for any number", () => {
  const ran: Ran = { a: [0, 4], b: [4, 8], c: [8, 12] };
  expect(pathOf("all: [a, b, c]", "all", ran, 1).estimates).toEqual([
    { jobs: 1, seconds: 12 },
    { jobs: 2, seconds: 8 },
    { seconds: 4 },
  ]);
});

test("a target that must be alone is counted so", () => {
  const graph = graphOf("all: [a, b, c]");
  const targets = new Map(graph.project.targets);
  const rule = { kind: "clean", fields: { clean: "project" } };
  const b = targets.get(name("b"));
  if (b) targets.set(name("b"), { ...b, rule });
  const plan = new Plan({ ...graph, project: { ...graph.project, targets } }, () => {
    throw new Error("no alternatives here");
  });
  plan.demand([name("all")]);
  const ran = new Map(
    ["a", "b", "c"].map((target) => [name(target), { title: target, started: 0, ended: 4000 }]),
  );
  expect(criticalPath(plan, { ran, begunAt: 0 }, 2).estimates).toEqual([
    { jobs: 2, seconds: 8 },
    { jobs: 4, seconds: 8 },
    { seconds: 8 },
  ]);
});

test("in a plan of ten thousand targets with countless ways through it, the critical path is found", () => {
  const size = 10_000;
  const declared = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      `t${index}`,
      [index - 1, index - 60].flatMap((need) => (need >= 0 ? [`t${need}`] : [])),
    ]),
  );
  const ran = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`t${index}`, [index, index + 1] as const]),
  );
  expect(pathOf(declared, `t${size - 1}`, ran)).toMatchObject({ seconds: size });
});

const targets = `
targets:
  base: { run: "echo base >base", outputs: [base] }
  web: { run: "cat base >web", inputs: [{ target: base }], outputs: [web] }
  broken: { run: "exit 1", needs: [web] }
`;

test("a build of two targets tells its critical path in `finished`", async () => {
  const { events } = await new Workspace(targets).build("web");
  const last = events.at(-1);
  const path = last?.kind === "finished" ? last.criticalPath : undefined;
  expect(path?.targets.map(({ target }) => target)).toEqual(["base", "web"]);
  expect(path?.estimates.map(({ jobs }) => jobs)).toEqual([2, 4, undefined]);
});

test("a build that made one target, or failed, tells none", async () => {
  const workspace = new Workspace(targets);
  expect((await workspace.build("base")).events.at(-1)).not.toHaveProperty("criticalPath");
  expect((await workspace.build("broken")).events.at(-1)).not.toHaveProperty("criticalPath");
});
