import path from "node:path";
import { prepare } from "../../src/cli/prepare.ts";
import { readRequest } from "../../src/cli/read-request.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAll } from "../support/git.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const targets = `
name: play
include: { more: more/targets.yaml }
targets:
  api: { git: "https://example.org/api.git" }
  apps: { matrix: { app: [one, two] }, git: "https://example.org/\${app}.git" }
  all: { needs: [api, apps, more/inner] }
  says: { run: "true" }
`;
const inner = '{ name: more, targets: { inner: { git: "https://example.org/inner.git" } } }';

/** A workspace beside the checkout `api`, and a plain folder and a file. */
const folder = temporaryFolder({
  "work/targets.yaml": targets,
  "work/more/targets.yaml": inner,
  "api/sub/a": "1",
  "plain/a": "1",
});
commitAll(path.join(folder, "api"));

function prepared(...sources: string[]) {
  const place = fakeSurroundings(path.join(folder, "work"), {
    environment: { PATH: process.env["PATH"] },
  });
  const argv = ["all", ...sources.flatMap((source) => ["--source", source])];
  const request = readRequest(argv, place);
  if (!request.ok || request.value.kind !== "build") throw new Error("no build");
  return prepare(request.value, place);
}

const sourcesOf = async (...sources: string[]) => {
  const found = await prepared(...sources);
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join("\n"));
  const all = [...found.project.targets.values()];
  return all.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source]]));
};

const problemsOf = async (...sources: string[]) => {
  const found = await prepared(...sources);
  return found.ok ? [] : found.problems.map(({ message, hint }) => [message, hint]);
};

test("a source counts for the targets that its name stands for, and from the current folder", async () => {
  const api = path.join(folder, "api");
  expect(await sourcesOf("api=../api")).toEqual([["api", api]]);
  expect(await sourcesOf("apps[two]=../api", "more/inner=../api")).toEqual([
    ["apps[two]", api],
    ["more/inner", api],
  ]);
  expect(await sourcesOf("apps=../api")).toEqual([
    ["apps[one]", api],
    ["apps[two]", api],
  ]);
  expect(await sourcesOf()).toEqual([]);
});

test("the value of a member is enough where one checkout alone has it", async () => {
  const api = path.join(folder, "api");
  expect(await sourcesOf("two=../api")).toEqual([["apps[two]", api]]);
  expect(await problemsOf("three=../api")).toEqual([
    ["there is no target `three`", "`tbuild list` shows all"],
  ]);
});

test.each([
  [
    ["api"],
    "option `--source` cannot be `api`: expected `NAME=PATH`",
    "write `--source api=../api` for a target `api` with the rule `git`",
  ],
  [["ap=../api"], "there is no target `ap`", "did you mean `api`? `tbuild list` shows all"],
  [
    ["says=../api"],
    "`says` is no checkout: it has the rule `run`",
    "these have the rule `git`: `api`, `apps[one]`, `apps[two]`, `more/inner`",
  ],
  [
    ["all=../api"],
    "`all` is no checkout: it is a group",
    "these have the rule `git`: `api`, `apps[one]`, `apps[two]`, `more/inner`",
  ],
  [["api=../api", "api=../api"], "`api` has two sources", "leave one of them out"],
  [["apps=../api", "apps[one]=../api"], "`apps[one]` has two sources", "leave one of them out"],
  [
    ["api=../gone"],
    "source `../gone` of `api` does not exist",
    "paths of `--source` start at the current folder",
  ],
  [
    ["api=../plain"],
    "source `../plain` of `api` is no checkout of a git repository",
    "name the folder of one; a plain folder is given by the rule `use`",
  ],
  [
    ["api=../plain/a"],
    "source `../plain/a` of `api` is a file, and no checkout",
    "name the folder of a checkout",
  ],
  [
    ["api=../api/sub"],
    "source `../api/sub` of `api` is a folder in a checkout, and not all of it",
    `name \`${path.join(folder, "api")}\``,
  ],
])("%j is refused", async (sources, message, hint) => {
  expect(await problemsOf(...sources)).toEqual([[message, hint]]);
});

test("problems of several sources are told at once", async () => {
  expect(await problemsOf("api=../gone", "says=../api")).toHaveLength(2);
});
