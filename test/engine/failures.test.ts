import { existsSync, writeFileSync } from "node:fs";
import { Workspace } from "../support/workspace.ts";

const targets = `
params:
  where: { help: Where it goes }
targets:
  good: { run: "echo good > good", outputs: [good] }
  bad: { run: "echo first words; echo half > bad; exit 3", outputs: [bad] }
  after-bad: { run: "cat bad > x", inputs: [{ target: bad }], outputs: [x] }
  other: { run: "cat good > other", inputs: [{ target: good }], outputs: [other] }
  all: { needs: [after-bad, other] }
  far: { run: "echo \${where}" }
  lazy: { run: "true", outputs: [never] }
  hungry: { run: "true", inputs: ["nothing/*.x"] }
  served: { run: "true", with: [good] }
`;

describe("a command that fails", () => {
  test("fails its target with its exit code and last words, and leaves no output", async () => {
    const workspace = new Workspace(targets);
    const run = await workspace.build("bad");
    expect(run).toMatchObject({ failed: 1, built: 0 });
    expect(run.problems).toMatchObject([
      { blame: "target", message: "command failed with exit code 3", details: ["first words"] },
    ]);
    expect(existsSync(`${workspace.root}/bad`)).toBe(false);
    expect(workspace.read(".tbuild/logs/bad.log")).toContain("first words\n");
  });

  test("skips what depends on it, and with keep-going nothing else", async () => {
    const run = await new Workspace(targets).build("all", { keepGoing: true });
    expect(run).toMatchObject({ built: 2, failed: 1, skipped: 1 });
    const skipped = run.events.find(
      (event) => event.kind === "target-finished" && event.outcome === "skipped",
    );
    expect(skipped).toMatchObject({ target: "after-bad", because: "bad" });
  });

  test("is tried again in the next run", async () => {
    const workspace = new Workspace(targets);
    await workspace.build("bad");
    expect((await workspace.build("bad")).ran).toEqual(["bad: never made"]);
  });

  test("that makes not what it declares has failed", async () => {
    const run = await new Workspace(targets).build("lazy");
    expect(run.messages).toEqual(["target made no `never`, which it declares as output"]);
  });
});

describe("what is missing is told before anything runs", () => {
  test("a parameter that is not given", async () => {
    const run = await new Workspace(targets).build(["good", "far"]);
    expect(run.ran).toEqual([]);
    expect(run.problems).toMatchObject([
      {
        blame: "usage",
        message: "parameter `where` is not given, and target `far` needs it",
        hint: "add `--where VALUE`",
      },
    ]);
  });

  test("a service that is none", async () => {
    const run = await new Workspace(targets).build("served");
    expect(run.messages).toEqual(["target `served` has `good` in `with`, which is no service"]);
  });
});

test("an input pattern that matches nothing fails its target", async () => {
  const run = await new Workspace(targets).build("hungry");
  expect(run.problems).toMatchObject([
    { blame: "usage", message: "input `nothing/*.x` matches no file" },
  ]);
});

describe("a build that is cancelled", () => {
  test("ends its commands with their children, keeps no half output, and says so", async () => {
    const workspace = new Workspace(`
targets:
  slow: { run: "echo half > half; echo started; sleep 1000 & wait", outputs: [half] }
  next: { run: "true", inputs: [{ target: slow }] }
`);
    const abort = new AbortController();
    const run = await workspace.build("next", {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind === "output") abort.abort();
      },
    });
    expect(run).toMatchObject({ interrupted: true, built: 0, failed: 0, problems: [] });
    expect(existsSync(`${workspace.root}/half`)).toBe(false);
    expect(existsSync(`${workspace.root}/.tbuild/lock`)).toBe(false);
    expect(run.events.at(-2)).toEqual({ kind: "interrupted" });
  });
});

test("damaged records of earlier runs are said, and what they told of is made again", async () => {
  const workspace = new Workspace(targets);
  await workspace.build("other");
  const file = `${workspace.root}/.tbuild/traces`;
  writeFileSync(
    file,
    workspace.read(".tbuild/traces").replace('"target":"good"', '"target":"goof"'),
  );
  const run = await workspace.build("other");
  expect(run.ran).toEqual(["good: never made"]);
  expect(run.events.find(({ kind }) => kind === "warning")).toMatchObject({
    problem: { message: expect.stringContaining("1 damaged record of earlier runs left out") },
  });
});
