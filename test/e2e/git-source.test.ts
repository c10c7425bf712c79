/**
 * `--source`: a local checkout in the place of a repository, from the command line to what is told, and what
 * makes it stale. @newer-engine: no engine is asked.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { build, tbuild } from "./tbuild.ts";
import { Watching } from "./watching.ts";

const targets = `
name: play
targets:
  api: { git: ../api, to: out/api }
  names:
    run: find out/api -type f | sort >out/names
    inputs: [{ target: api }]
    outputs: [out/names]
`;

/** A workspace beside a checkout, which it names as its repository as well. */
function beside(): { readonly work: string; readonly api: string } {
  const folder = temporaryFolder({
    "work/targets.yaml": targets,
    "api/a": "1",
    "api/objects/x.o": "1",
    "api/objects/kept": "1",
    "api/.gitignore": "*.o\n",
  });
  const api = path.join(folder, "api");
  commitAll(api);
  return { work: path.join(folder, "work"), api };
}

const source = ["names", "--source", "api=../api"];
const names = (work: string): string[] =>
  readFileSync(path.join(work, "out/names"), "utf8").trim().split("\n");

test("its files count as they lie there, and the next run finds all fresh", async () => {
  const { work, api } = beside();
  writeFiles(api, { a: "2", "with space/ü": "1" });

  const first = await build(work, source);
  const second = await tbuild(work, source);

  const note = first.events.find((event) => event.kind === "target-finished");
  expect(note).toMatchObject({ target: "api", note: "from ../api, 2 files changed" });
  expect(first.ran).toEqual(["api", "names"]);
  expect(second).toMatchObject({ exitCode: 0, stderr: "all 2 targets are fresh" });
  expect(names(work)).toEqual([
    "out/api/.gitignore",
    "out/api/a",
    "out/api/objects/kept",
    "out/api/with space/ü",
  ]);
  expect(existsSync(path.join(work, "out/api/.git"))).toBe(false);
});

/** Each leaves the files that were there as they were, but for what is told. */
const edits: readonly (readonly [string, (api: string) => void])[] = [
  ["an edit", (api) => appendFileSync(path.join(api, "a"), "more")],
  ["a new file", (api) => writeFiles(api, { "new/b": "1" })],
  ["a new file where only ignored ones change", (api) => writeFiles(api, { "objects/y": "1" })],
  [
    "an ignored file that is tracked from now on",
    (api) => void git(api, "add", "-f", "objects/x.o"),
  ],
  ["a pattern of what is ignored", (api) => writeFiles(api, { ".git/info/exclude": "draft\n" })],
  ["a file that is gone", (api) => void git(api, "rm", "--quiet", "a")],
];

test.each(edits)("%s makes the target stale, for a compiled plan too", async (_, edit) => {
  const { work, api } = beside();
  writeFiles(api, { draft: "1" });
  await tbuild(work, source);
  await tbuild(work, source);
  edit(api);

  const { ran } = await build(work, source);

  expect(ran[0]).toBe("api");
  expect((await tbuild(work, source)).stderr).toBe("all 2 targets are fresh");
  const paths = git(api, "ls-files", "--cached", "--others", "--exclude-standard").split("\n");
  const there = paths.filter((name) => existsSync(path.join(api, name)));
  expect(names(work)).toEqual(there.map((name) => `out/api/${name}`).sort());
});

test("what is ignored, and a commit that changes no file, leave it fresh", async () => {
  const { work, api } = beside();
  writeFiles(api, { a: "2" });
  await tbuild(work, source);
  writeFiles(api, { "objects/x.o": "2", "objects/new.o": "1" });
  git(api, "commit", "--quiet", "--all", "--message=two");
  expect((await build(work, source)).ran).toEqual([]);
});

test("with a source and without one are two things, and `explain` tells them apart", async () => {
  const { work, api } = beside();
  await tbuild(work, source);
  writeFiles(api, { a: "2" });
  const edited = await tbuild(work, ["explain", "api", "--source", "api=../api"]);
  const without = await tbuild(work, ["explain", "api"]);
  expect(edited.stdout).toContain("input `../api/a` changed");
  expect(without.stdout).toContain("the source is gone");
  const clean = await tbuild(work, ["names"]);
  expect(clean.exitCode).toBe(0);
  expect(readFileSync(path.join(work, "out/api/a"), "utf8")).toBe("1");
});

test("a plain report tells where the files come from", async () => {
  const { work } = beside();
  const { stderr } = await tbuild(work, ["api", "--source", "api=../api"]);
  expect(stderr.replace(/\d+\.\d s/g, "N s").replace(/at [0-9a-f]{7}/, "at C")).toBe(
    "api: started, never made\napi: built in N s, from ../api, at C (1/1)\nbuilt 1 in N s",
  );
});

test("a watch builds again after an edit there, and not for what is ignored", async () => {
  const { work, api } = beside();
  const watch = new Watching(work, source);
  await watch.rests();
  appendFileSync(path.join(api, "a"), "more");
  expect(await watch.rests()).toMatchObject({ changed: ["../api/a"], ran: ["api", "names"] });
  writeFiles(api, { "objects/new.o": "1" });
  writeFiles(api, { "new/b": "1" });
  expect(await watch.rests()).toMatchObject({ changed: ["../api/new/b"], ran: ["api", "names"] });
  expect((await watch.end()).exitCode).toBe(0);
});
