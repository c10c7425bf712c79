/** The commands that look and make nothing: explain, graph, why. @newer-engine: no engine is asked. */
import { readdirSync } from "node:fs";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { tbuild } from "./tbuild.ts";

const targets = `name: notes
default: all
targets:
  page: { run: "cat in/a > out/page", inputs: [in/a], outputs: [out/page] }
  copy: { run: "cp out/page out/copy", inputs: [{ target: page }], outputs: [out/copy] }
  all: { needs: [copy] }
`;

const workspace = (): string => temporaryFolder({ "targets.yaml": targets, "in/a": "one\n" });

test("explain says what changed, down to the file, and what it leads to", async () => {
  const folder = workspace();
  await tbuild(folder, ["all"]);
  expect((await tbuild(folder, ["explain", "page"])).stdout).toMatch(/^page is fresh: made /);
  writeFiles(folder, { "in/a": "two\n" });
  expect(await tbuild(folder, ["explain"])).toEqual({
    exitCode: 0,
    stderr: "",
    stdout:
      "all would be made again\n  page is stale: input `in/a` changed\n    page -> copy -> all",
  });
});

test("explain answers in JSON for programs", async () => {
  const { stdout } = await tbuild(workspace(), ["explain", "page", "--log", "json"]);
  expect(JSON.parse(stdout)).toEqual({
    kind: "explanation",
    target: "page",
    state: "stale",
    causes: [{ target: "page", reasons: [{ kind: "never-made" }], path: ["page"] }],
  });
});

test("why prints the way from one target to another", async () => {
  const folder = workspace();
  expect((await tbuild(folder, ["why", "all", "page"])).stdout).toBe(
    "all needs copy\ncopy needs page",
  );
  expect((await tbuild(folder, ["why", "page", "all"])).stdout).toBe("page does not need all");
  expect(await tbuild(folder, ["why", "page"])).toMatchObject({
    exitCode: 2,
    stderr:
      "error: `tbuild why` takes two targets, found 1\nhint: write `tbuild why TARGET DEPENDENCY`",
  });
});

test("graph draws what is below the named targets, and a picture with its state", async () => {
  const folder = workspace();
  expect((await tbuild(folder, ["graph"])).stdout).toBe("all: copy\ncopy: page\npage");
  expect((await tbuild(folder, ["graph", "copy", "--format", "json"])).stdout).toContain(
    '"from": "copy"',
  );
  const svg = (await tbuild(folder, ["graph", "--format", "svg"])).stdout;
  expect(svg).toMatch(/^<svg .*<\/svg>$/s);
  expect(svg).toContain("page: run, stale");
  expect(await tbuild(folder, ["graph", "--format", "gif"])).toMatchObject({
    exitCode: 2,
    stderr:
      "error: option `--format` cannot be `gif`: expected one of `plain`, `dot`, `mermaid`, `json`, `svg`",
  });
});

test("none of them writes anything", async () => {
  const folder = workspace();
  for (const command of [["explain"], ["graph", "--format", "svg"], ["why", "all", "page"]]) {
    await tbuild(folder, command);
  }
  expect(readdirSync(folder).sort()).toEqual(["in", "targets.yaml"]);
});
