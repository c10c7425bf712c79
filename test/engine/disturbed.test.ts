/** What changes under a build's feet is never taken for fresh, however it looks afterwards. */
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { type RunOptions, Workspace } from "../support/workspace.ts";

/** Does something when a target starts. */
const when = (target: string, act: () => void): RunOptions => ({
  jobs: 1,
  onEvent: (event) => {
    if (event.kind === "target-started" && event.target === target) act();
  },
});

const messagesOf = (run: { events: readonly { kind: string }[] }): readonly unknown[] =>
  run.events.flatMap((event) =>
    event.kind === "warning"
      ? [(event as unknown as { problem: { message: string } }).problem.message]
      : [],
  );

describe("a target is made again", () => {
  test("when its input was replaced after the check, and put back later", async () => {
    const workspace = new Workspace(
      "targets: { copy: { run: cp a b, inputs: [a], outputs: [b] } }\n",
      { a: "one" },
    );
    const write = (a: string) => (): void => workspace.write({ a });
    const run = await workspace.build("copy", when("copy", write("two")));
    expect(messagesOf(run)).toEqual([
      "input `a` changed while `copy` was made: it will be made again",
    ]);
    write("one")();
    expect((await workspace.build("copy")).ran).toEqual(["copy: never made"]);
    expect(workspace.read("b")).toBe("one");
  });

  test("when a file came under its patterns meanwhile, and went later", async () => {
    const workspace = new Workspace(
      "targets: { join: { run: cat in/* >out, inputs: [in/*], outputs: [out] } }\n",
      { "in/a": "one" },
    );
    await workspace.build(
      "join",
      when("join", () => workspace.write({ "in/b": "two" })),
    );
    workspace.remove("in/b");
    expect((await workspace.build("join")).ran).toEqual(["join: never made"]);
    expect(workspace.read("out")).toBe("one");
  });
});

test("a variable that is not set is another value than an empty one", async () => {
  const workspace = new Workspace(
    'targets: { note: { run: "echo $${FLAVOUR-none} >v", outputs: [v], pass-env: [FLAVOUR] } }\n',
  );
  const { FLAVOUR: _, ...environment } = process.env;
  await workspace.build("note", { environment });
  const empty = await workspace.build("note", { environment: { ...environment, FLAVOUR: "" } });
  expect(empty.ran).toEqual(["note: environment `FLAVOUR` is new"]);
  expect(workspace.read("v")).toBe("\n");
});

describe("through a symbolic link", () => {
  const linked = (): Workspace => {
    const workspace = new Workspace(
      "targets: { copy: { run: cp in/link out, inputs: [in/*], outputs: [out] } }\n",
      { real: "one", "in/": "" },
    );
    symlinkSync("../real", `${workspace.root}/in/link`);
    return workspace;
  };

  test("an executable bit counts", async () => {
    const workspace = linked();
    await workspace.build("copy");
    chmodSync(`${workspace.root}/real`, 0o755);
    expect((await workspace.build("copy")).ran).toEqual(["copy: input `in/link` changed"]);
  });

  test("that leads in a circle nothing is read, and nothing breaks", async () => {
    const workspace = linked();
    symlinkSync("circle", `${workspace.root}/in/circle`);
    expect((await workspace.build("copy")).ran).toEqual(["copy: never made"]);
    expect((await workspace.build("copy")).ran).toEqual([]);
  });
});

test("what a group may execute is packed as its owner's bit says, and counts by that", async () => {
  const workspace = new Workspace("targets: { pack: { archive: [a], to: p.tgz } }\n");
  writeFileSync(`${workspace.root}/a`, "one", { mode: 0o654 });
  await workspace.build("pack");
  chmodSync(`${workspace.root}/a`, 0o755);
  expect((await workspace.build("pack")).ran).toEqual(["pack: input `a` changed"]);
});
