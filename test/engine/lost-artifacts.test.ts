/** What a target made and something else removed or changed while the build ran is made again. */
import { rmSync } from "node:fs";
import type { Event } from "../../src/model/event.ts";
import { FakeDocker } from "../rules/support/fake-docker.ts";
import { type Run, type RunOptions, Workspace } from "../support/workspace.ts";

/** Does something when a target starts, the first so many times. */
function when(target: string, act: () => void, times = 1): RunOptions {
  let left = times;
  return {
    jobs: 1,
    onEvent: (event) => {
      if (event.kind === "target-started" && event.target === target && left-- > 0) act();
    },
  };
}

const told = (run: Run): readonly string[] =>
  run.events.flatMap((event: Event) => {
    if (event.kind === "target-started") return [`${event.target} started`];
    if (event.kind === "target-finished") return [`${event.target} ${event.outcome}`];
    return event.kind === "artifact-lost" || event.kind === "warning"
      ? [event.problem.message]
      : [];
  });

const chain = (): Workspace =>
  new Workspace(
    `
targets:
  first: { run: cp a b, inputs: [a], outputs: [b] }
  other: { run: cp a o, inputs: [a], outputs: [o] }
  second: { run: cp b c, inputs: [{ target: first }], outputs: [c], after: [other] }
`,
    { a: "one" },
  );

describe("a file that a dependency had made", () => {
  test("and that is gone before its reader starts is made again first", async () => {
    const workspace = chain();
    const remove = () => workspace.remove("b");
    const run = await workspace.build("second", when("other", remove));
    expect(told(run)).toEqual([
      "first started",
      "first built",
      "other started",
      "other built",
      "output `b` is missing, which `second` needs: `first` is made again",
      "first started",
      "first built",
      "second started",
      "second built",
    ]);
    expect(run).toMatchObject({ built: 3, fresh: 0, failed: 0 });
    expect(workspace.read("c")).toBe("one");
    expect((await workspace.build("second")).ran).toEqual([]);
  });

  test("and that was fresh before is made again like any other, and counted once", async () => {
    const workspace = chain();
    await workspace.build("second");
    workspace.remove("o");
    workspace.remove("c");
    const run = await workspace.build(
      "second",
      when("other", () => workspace.write({ b: "not mine" })),
    );
    expect(told(run).filter((line) => line.includes("first"))).toEqual([
      "first fresh",
      "output `b` was changed by something else, which `second` needs: `first` is made again",
      "first started",
      "first built",
    ]);
    expect(run).toMatchObject({ built: 3, fresh: 0 });
    expect(workspace.read("c")).toBe("one");
  });

  test("and that changes while its reader runs is made again, and the reader with it", async () => {
    const workspace = chain();
    const run = await workspace.build(
      "second",
      when("second", () => workspace.write({ b: "not mine" })),
    );
    expect(told(run).slice(4)).toEqual([
      "second started",
      "output `b` was changed by something else, which `second` needs: `first` is made again",
      "first started",
      "first built",
      "second started",
      "second built",
    ]);
    expect(run).toMatchObject({ built: 3, failed: 0, problems: [] });
    expect(workspace.read("c")).toBe("one");
    expect((await workspace.build("second")).ran).toEqual([]);
  });

  test("and that makes its reader fail is what is told, and not the failure", async () => {
    const workspace = chain();
    const run = await workspace.build(
      "second",
      when("second", () => workspace.remove("b")),
    );
    expect(run).toMatchObject({ built: 3, failed: 0, problems: [] });
    const log = workspace.read(".tbuild/logs/second.log");
    expect(log).toContain("# what it reads was lost meanwhile\n# second: never made\n");
  });

  test("and that goes a second time fails its reader, with what to look for", async () => {
    const workspace = chain();
    const remove = () => workspace.remove("b");
    const run = await workspace.build("second", when("second", remove, 2));
    expect(run).toMatchObject({ built: 2, failed: 1 });
    expect(run.problems).toEqual([
      {
        code: "artifact-lost-again",
        blame: "surroundings",
        message: "output `b` is missing once more, after `first` was made again for `second`",
        at: { file: "targets.yaml", line: 6, column: 3, length: 6 },
        hint: "see what removes or changes it: `second` itself, or something else beside this build",
      },
    ]);
  });

  test("is made again with what that needs, where that is gone as well", async () => {
    const workspace = new Workspace(`
targets:
  one: { run: "echo 1 >1", outputs: ["1"] }
  two: { run: "cp 1 2", inputs: [{ target: one }], outputs: ["2"] }
  pack: { needs: [two] }
  three: { run: "cp 2 3", inputs: [{ target: pack }], outputs: ["3"] }
`);
    const run = await workspace.build(
      "three",
      when("three", () => {
        workspace.remove("1");
        workspace.remove("2");
      }),
    );
    expect(told(run).slice(5)).toEqual([
      "output `2` is missing, which `three` needs: `two` is made again",
      "output `1` is missing, which `two` needs: `one` is made again",
      "one started",
      "one built",
      "two started",
      "two built",
      "three started",
      "three built",
    ]);
    expect((await workspace.build("three")).ran).toEqual([]);
  });

  test("is made again for an archive of it as for a command", async () => {
    const workspace = new Workspace(`
targets:
  tree: { run: "mkdir t; echo 1 >t/f", outputs: [t/] }
  pack: { archive: tree, to: t.tgz }
`);
    const run = await workspace.build(
      "pack",
      when("pack", () => rmSync(`${workspace.root}/t`, { recursive: true })),
    );
    expect(run).toMatchObject({ built: 2, failed: 0 });
    expect((await workspace.build("pack")).ran).toEqual([]);
  });

  test("leaves those done that ran with it before", async () => {
    const workspace = new Workspace(`
targets:
  all: { needs: [early, late] }
  first: { run: "echo 1 >b", outputs: [b] }
  early: { run: cp b e, inputs: [{ target: first }], outputs: [e] }
  late: { run: cp b l, inputs: [{ target: first }], outputs: [l], after: [early] }
`);
    const run = await workspace.build(
      "all",
      when("late", () => workspace.remove("b")),
    );
    expect(run.ran.map((line) => line.split(":")[0])).toEqual([
      "first",
      "early",
      "late",
      "first",
      "late",
    ]);
    expect((await workspace.build("all")).ran).toEqual([]);
  });
});

describe("an image that a dependency had made", () => {
  const images = (): { workspace: Workspace; docker: FakeDocker } => {
    const docker = new FakeDocker();
    const workspace = new Workspace(
      `
targets:
  base: { image: base, tags: ["t/base:1"] }
  other: { run: "true" }
  web: { image: web, base: base, tags: ["t/web:1"], after: [other] }
`,
      { "base/Dockerfile": "FROM scratch\n", "web/Dockerfile": "ARG BASE\nFROM $BASE\n" },
    );
    workspace.docker = () => Promise.resolve(docker);
    return { workspace, docker };
  };

  test("and that is gone before it is built upon is built again first", async () => {
    const { workspace, docker } = images();
    const run = await workspace.build(
      "web",
      when("other", () => docker.held.clear()),
    );
    expect(told(run).slice(4)).toEqual([
      "image `t/base:1` is missing in the engine, which `web` needs: `base` is made again",
      "base started",
      "base built",
      "web started",
      "web built",
    ]);
    expect((await workspace.build("web")).ran).toEqual([]);
  });

  test("and whose name names another one is built again", async () => {
    const { workspace, docker } = images();
    const run = await workspace.build(
      "web",
      when("web", () => docker.hold("sha256:0", ["t/base:1"])),
    );
    expect(told(run)).toContain(
      "`t/base:1` names another image now, which `web` needs: `base` is made again",
    );
    expect(run).toMatchObject({ built: 3, failed: 0 });
    expect((await workspace.build("web")).ran).toEqual([]);
  });
});

test("what `clean` removes is not lost", async () => {
  const workspace = new Workspace(`
targets:
  made: { run: "echo 1 >b", outputs: [b] }
  clean: { clean: project, needs: [made], keep-images: true }
`);
  workspace.docker = () => Promise.resolve(new FakeDocker());
  expect(await workspace.build("clean")).toMatchObject({ built: 2, failed: 0 });
});
