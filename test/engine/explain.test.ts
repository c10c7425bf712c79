import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { explain } from "../../src/engine/fresh/explain.ts";
import { explanationLines } from "../../src/report/explanation.ts";
import { Workspace } from "../support/workspace.ts";

const targets = `
params:
  level: { default: "1" }
targets:
  copy: { run: "cat in/* > out/a; echo \${level} >> out/a", inputs: ["in/**"], outputs: [out/a], pass-env: [FLAVOUR] }
  upper: { run: "tr a-z A-Z < out/a > out/b", inputs: [{ target: copy }], outputs: [out/b] }
  all: { needs: [upper] }
`;

const time = new Date("2020-01-01T00:00:00Z");

async function made(): Promise<Workspace> {
  const workspace = new Workspace(targets, { "in/a": "one", "in/b": "two", x: "1", y: "2" });
  symlinkSync("../x", `${workspace.root}/in/link`);
  utimesSync(`${workspace.root}/in/a`, time, time);
  await workspace.build("all");
  return workspace;
}

async function explained(
  workspace: Workspace,
  target: string,
  options: Parameters<Workspace["build"]>[1] = {},
): Promise<readonly string[]> {
  const { request, parts } = workspace.prepare(target, options);
  const result = await explain(request, parts);
  if (!result.ok) throw new Error(result.problems[0]?.message);
  return result.value.flatMap(explanationLines);
}

describe("explain names the one true cause", () => {
  test.each<[string, (root: string, workspace: Workspace) => void, string]>([
    [
      "of an edit that keeps size and mtime",
      (root, workspace) => {
        workspace.write({ "in/a": "eno" });
        utimesSync(`${root}/in/a`, time, time);
      },
      "input `in/a` changed",
    ],
    [
      "of a replaced file",
      (root, workspace) => {
        workspace.write({ other: "new" });
        renameSync(`${root}/other`, `${root}/in/a`);
      },
      "input `in/a` changed",
    ],
    ["of a mode bit", (root) => chmodSync(`${root}/in/b`, 0o755), "input `in/b` changed"],
    [
      "of a link that points elsewhere",
      (root) => {
        rmSync(`${root}/in/link`);
        symlinkSync("../y", `${root}/in/link`);
      },
      "input `in/link` changed",
    ],
    [
      "of a file that a folder gained",
      (_, workspace) => workspace.write({ "in/c": "" }),
      "input `in/c` is new",
    ],
    [
      "of a file that a folder lost",
      (_, workspace) => workspace.remove("in/b"),
      "input `in/b` is gone",
    ],
    [
      "of an output that was edited",
      (_, workspace) => workspace.write({ "out/a": "x" }),
      "output `out/a` was changed by something else",
    ],
    [
      "of an output that is gone",
      (_, workspace) => workspace.remove("out/a"),
      "output `out/a` is missing",
    ],
  ])("%s", async (_, change, expected) => {
    const workspace = await made();
    change(workspace.root, workspace);
    expect(await explained(workspace, "copy")).toEqual([`copy is stale: ${expected}`]);
  });

  test("of a parameter, before the keys that it stands in", async () => {
    const workspace = await made();
    expect(await explained(workspace, "copy", { given: { level: "2" } })).toEqual([
      "copy is stale:",
      "  parameter `level` changed from `1` to `2`",
      "  key `run` changed",
    ]);
  });

  test("of an environment variable", async () => {
    const workspace = await made();
    const environment = { ...process.env, FLAVOUR: "hot" };
    expect(await explained(workspace, "copy", { environment })).toEqual([
      "copy is stale: environment `FLAVOUR` is new",
    ]);
  });

  test("down through dependencies, with the way to it", async () => {
    const workspace = await made();
    workspace.write({ "in/a": "new" });
    expect(await explained(workspace, "all")).toEqual([
      "all would be made again",
      "  copy is stale: input `in/a` changed",
      "    copy -> upper -> all",
    ]);
  });
});

test("a fresh target says when it was made, and that all it read is the same", async () => {
  const workspace = await made();
  const [line] = await explained(workspace, "upper");
  expect(line).toMatch(
    /^upper is fresh: made \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC in \d\.\d s; the \d parts that it read are the same, and so is `out\/b`$/,
  );
});

test("explaining writes nothing", async () => {
  const workspace = new Workspace(targets, { "in/a": "one" });
  await explained(workspace, "all");
  expect(() => workspace.read(".tbuild/.gitignore")).toThrow("ENOENT");
});
