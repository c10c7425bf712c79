import { chmodSync, utimesSync } from "node:fs";
import { Workspace } from "../support/workspace.ts";

const copy = `
targets:
  copy: { run: cp in/a out/a, inputs: ["in/**"], outputs: [out/a] }
  upper: { run: "tr a-z A-Z < out/a > out/b", inputs: [{ target: copy }], outputs: [out/b] }
`;
const copied = (): Workspace => new Workspace(copy, { "in/a": "one\n" });

describe("a target", () => {
  test("that was never made is made, with what it needs", async () => {
    const workspace = copied();
    const run = await workspace.build("upper");
    expect(run.ran).toEqual(["copy: never made", "upper: never made"]);
    expect(run).toMatchObject({ built: 2, fresh: 0, failed: 0, skipped: 0 });
    expect(workspace.read("out/b")).toBe("ONE\n");
  });

  test("that is true to its trace is not made again", async () => {
    const workspace = copied();
    await workspace.build("upper");
    const again = await workspace.build("upper");
    expect(again.ran).toEqual([]);
    expect(again).toMatchObject({ built: 0, fresh: 2 });
  });

  test("whose outputs came out the same leaves its dependents fresh", async () => {
    const workspace = copied();
    await workspace.build("upper");
    workspace.write({ "in/b": "another input, not copied" });
    expect((await workspace.build("upper")).ran).toEqual(["copy: input `in/b` is new"]);
  });

  test("runs again when an input changed, and its dependents with it", async () => {
    const workspace = copied();
    await workspace.build("upper");
    workspace.write({ "in/a": "two\n" });
    expect((await workspace.build("upper")).ran).toEqual([
      "copy: input `in/a` changed",
      "upper: dependency `copy` changed",
    ]);
    expect(workspace.read("out/b")).toBe("TWO\n");
  });

  test("notices an edit that keeps size and mtime", async () => {
    const workspace = copied();
    const time = new Date("2020-01-01T00:00:00Z");
    utimesSync(`${workspace.root}/in/a`, time, time);
    await workspace.build("copy");
    workspace.write({ "in/a": "two\n" });
    utimesSync(`${workspace.root}/in/a`, time, time);
    expect((await workspace.build("copy")).ran).toEqual(["copy: input `in/a` changed"]);
  });

  test.each([
    ["is gone", (w: Workspace) => w.remove("out/a"), "copy: output `out/a` is missing"],
    [
      "was edited",
      (w: Workspace) => w.write({ "out/a": "mine" }),
      "copy: output `out/a` was changed by something else",
    ],
    [
      "became executable",
      (w: Workspace) => chmodSync(`${w.root}/out/a`, 0o755),
      "copy: output `out/a` was changed by something else",
    ],
  ])("is made again when its output %s", async (_, change, expected) => {
    const workspace = copied();
    await workspace.build("copy");
    change(workspace);
    expect((await workspace.build("copy")).ran).toEqual([expected]);
    expect(workspace.read("out/a")).toBe("one\n");
  });

  test("is made again when its rule changed", async () => {
    const workspace = copied();
    await workspace.build("copy");
    const targets = `name: test\n${copy}`.replace("cp in/a", "cp -p in/a");
    workspace.write({ "targets.yaml": targets });
    expect((await workspace.build("copy")).ran).toEqual(["copy: key `run` changed"]);
  });

  test("is made again when a parameter that it uses changed, and names it", async () => {
    const workspace = new Workspace(`
params:
  version: { default: "1" }
  other: { default: x }
targets:
  note: { run: "echo \${version} > v", outputs: [v] }
`);
    await workspace.build("note");
    const other = await workspace.build("note", { given: { other: "y" } });
    expect(other.ran).toEqual([]);
    const changed = await workspace.build("note", { given: { version: "2" } });
    expect(changed.ran).toEqual(["note: parameter `version` changed from `1` to `2`"]);
    expect(workspace.read("v")).toBe("2\n");
  });

  test("is made again when a variable that it takes from the caller changed", async () => {
    const workspace = new Workspace(`
targets:
  note: { run: echo $FLAVOUR > v, outputs: [v], pass-env: [FLAVOUR] }
`);
    const build = (flavour: string) =>
      workspace.build("note", {
        environment: { ...process.env, FLAVOUR: flavour, NOISE: flavour },
      });
    await build("plain");
    expect((await build("plain")).ran).toEqual([]);
    expect((await build("hot")).ran).toEqual([
      "note: environment `FLAVOUR` changed from `plain` to `hot`",
    ]);
  });

  test("forced is made again, and what it needs is not", async () => {
    const workspace = copied();
    await workspace.build("upper");
    expect((await workspace.build("upper", { force: true })).ran).toEqual(["upper: forced"]);
  });

  test("forcing a group makes what it stands for again", async () => {
    const workspace = new Workspace(`${copy}  all: { needs: [upper] }\n`, { "in/a": "one\n" });
    await workspace.build("all");
    expect((await workspace.build("all", { force: true })).ran).toEqual(["upper: forced"]);
  });

  test("whose input changed while it ran is made again the next time", async () => {
    const workspace = new Workspace(
      `
targets:
  slow: { run: "cat a > b; echo changed > a", inputs: [a], outputs: [b] }
`,
      { a: "one" },
    );
    const first = await workspace.build("slow");
    expect(first.events.find(({ kind }) => kind === "warning")).toMatchObject({
      problem: { message: "input `a` changed while `slow` was made: it will be made again" },
    });
    expect((await workspace.build("slow")).ran).toEqual(["slow: never made"]);
  });

  test("that an order-only dependency precedes stays fresh when that one changed", async () => {
    const workspace = new Workspace(
      `
targets:
  first: { run: cp a b, inputs: [a], outputs: [b] }
  second: { run: "test -f b; echo done > c", outputs: [c], after: [first] }
`,
      { a: "one" },
    );
    expect((await workspace.build("second")).ran).toEqual([
      "first: never made",
      "second: never made",
    ]);
    workspace.write({ a: "two" });
    expect((await workspace.build("second")).ran).toEqual(["first: input `a` changed"]);
  });
});

describe("a dry run", () => {
  test("tells what would run and why, and writes nothing", async () => {
    const workspace = copied();
    const run = await workspace.build("upper", { dryRun: true });
    expect(run.events.filter(({ kind }) => kind === "would-run")).toEqual([
      {
        kind: "would-run",
        target: "copy",
        title: "copy",
        rule: "run",
        why: "never made",
        certain: true,
      },
      {
        kind: "would-run",
        target: "upper",
        title: "upper",
        rule: "run",
        why: "`copy` would be made first",
        certain: false,
      },
    ]);
    expect(() => workspace.read(".tbuild/.gitignore")).toThrow("ENOENT");
    expect(() => workspace.read("out/a")).toThrow("ENOENT");
  });
});

test("going to another variant and back makes nothing again", async () => {
  const workspace = new Workspace(
    `
params:
  os: { default: a }
targets:
  pack: { run: "cp in out/\${os}/x", inputs: [in], outputs: ["out/\${os}/x"] }
  all: { first-of: [{ target: pack }] }
`,
    { in: "x" },
  );
  const build = (os: string) => workspace.build("all", { given: { os } });
  expect((await build("a")).ran).toEqual(["pack: never made"]);
  expect((await build("b")).ran).toEqual(["pack: never made"]);
  expect((await build("a")).ran).toEqual([]);
  workspace.write({ in: "y" });
  expect((await build("b")).ran).toEqual(["pack: input `in` changed"]);
  expect((await build("a")).ran).toEqual(["pack: input `in` changed"]);
});
