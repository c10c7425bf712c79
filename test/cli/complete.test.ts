import { candidatesFor } from "../../src/cli/commands/complete.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fleetDeclaration } from "./fleet.ts";

const declaration = fleetDeclaration();
const complete = (...words: string[]) => candidatesFor(words, declaration);

test("the first word is a command or a target", () => {
  expect(complete("")).toEqual([
    "watch",
    "update",
    "explain",
    "graph",
    "why",
    "inventory",
    "tags",
    "tag",
    "load",
    "purge",
    "init",
    "import",
    "serve",
    "list",
    "state",
    "completion",
    "help",
    "notes",
    "page",
    "given",
    "all",
    "pack",
  ]);
  expect(complete("all", "")).toEqual(["notes", "page", "given", "all", "pack"]);
});

test("members of a matrix come once its name is there", () => {
  expect(complete("pa")).toEqual(["page", "pack"]);
  expect(complete("page")).toEqual(["page", "page[left]", "page[right]"]);
  expect(complete("page[r")).toEqual(["page[right]"]);
});

test("options are those that the named targets can reach", () => {
  expect(complete("notes", "--")).toContain("--version");
  expect(complete("notes", "--")).not.toContain("--os");
  expect(complete("notes", "--ver")).toEqual(["--version", "--verbose"]);
  expect(complete("page", "--to")).toEqual(["--token-file"]);
});

test("values are completed where they are known, and else left to the shell", () => {
  expect(complete("--os", "")).toEqual(["bookworm", "trixie"]);
  expect(complete("--os=t")).toEqual(["--os=trixie"]);
  expect(complete("--log", "p")).toEqual(["pretty", "plain"]);
  expect(complete("--packages", "")).toEqual([]);
  expect(complete("-f", "")).toEqual([]);
});

test("a source is completed up to its path, by the targets that may have one", () => {
  const text =
    "name: a\ntargets: { api: { git: x }, apps: { matrix: { n: [1, 2] }, git: x }, b: { run: x } }";
  const folder = temporaryFolder({ "targets.yaml": text });
  const loaded = loadTargetFile(`${folder}/targets.yaml`, folder);
  const sources = (typed: string) =>
    candidatesFor(["api", "--source", typed], loaded.ok ? loaded.value : undefined);
  expect(sources("")).toEqual(["api=", "apps[1]=", "apps[2]="]);
  expect(sources("apps[2")).toEqual(["apps[2]="]);
  expect(sources("api=../")).toEqual([]);
});

test("shells are completed after `completion`", () => {
  expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
});

test("without a target file there are still options and commands", () => {
  expect(candidatesFor(["--qu"], undefined)).toEqual(["--quiet"]);
  expect(candidatesFor(["li"], undefined)).toEqual(["list"]);
});

test("a command's own options come with those of its targets", () => {
  expect(complete("watch", "--p")).toEqual(["--poll", "--packages", "--profile"]);
  expect(complete("watch", "notes", "--ver")).toEqual(["--version", "--verbose"]);
  expect(complete("graph", "--format", "d")).toEqual(["dot"]);
  expect(complete("notes", "--p")).toEqual(["--profile"]);
});

test("options of a rule come with the targets that have it, and lists are completed behind a comma", () => {
  const folder = temporaryFolder({
    "targets.yaml": `targets:
  push: { push: web, registry: "host.example/a" }
  web: { image: web }
  clean: { clean: project }
`,
  });
  const loaded = loadTargetFile("targets.yaml", folder);
  const targets = loaded.ok ? loaded.value : undefined;
  const offered = (...words: string[]) => candidatesFor(words, targets);
  expect(offered("push", "--d")).toEqual(["--digests", "--directory", "--dry-run"]);
  expect(offered("web", "--dig")).toEqual([]);
  expect(offered("clean", "--o")).toEqual(["--only", "--older-than"]);
  expect(offered("clean", "--only", "files,c")).toEqual(["files,containers", "files,cache"]);
  expect(offered("clean", "--only=im")).toEqual(["--only=images"]);
  expect(offered("purge", "--y")).toEqual(["--yes"]);
  expect(offered("serve", "--sc")).toEqual(["--scope"]);
  expect(complete("serve", "")).toEqual([]);
});
