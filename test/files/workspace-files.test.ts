import { symlinkSync } from "node:fs";
import { FileDigests } from "../../src/files/digests.ts";
import { WorkspaceFiles } from "../../src/files/workspace-files.ts";
import { temporaryFolder } from "../support/folder.ts";

const filesOf = (files: Record<string, string>) => {
  const folder = temporaryFolder(files);
  return { folder, files: new WorkspaceFiles(folder, new FileDigests()) };
};

const tree = {
  "src/a.c": "",
  "src/b.h": "",
  "src/deep/c.c": "",
  "src/.hidden.c": "",
  "docs/x.md": "",
  "docs/drafts/y.md": "",
  Makefile: "",
  ".git/config": "",
  ".tbuild/traces": "",
};

describe("globs", () => {
  test.each([
    ["a name", ["Makefile"], ["Makefile"]],
    ["a folder stands for all below it", ["docs"], ["docs/drafts/y.md", "docs/x.md"]],
    ["a star stays in its folder", ["src/*.c"], ["src/.hidden.c", "src/a.c"]],
    [
      "two stars go deep, and dot files match like others",
      ["src/**"],
      ["src/.hidden.c", "src/a.c", "src/b.h", "src/deep/c.c"],
    ],
    ["`!` leaves out", ["docs/**", "!docs/drafts/**"], ["docs/x.md"]],
    ["no match is empty", ["nothing/*.x"], []],
    ["state and git's own files are never entered", ["**/config", "**/traces"], []],
    ["braces", ["src/*.{c,h}"], ["src/.hidden.c", "src/a.c", "src/b.h"]],
    ["a leading dot slash is nothing", ["./Makefile"], ["Makefile"]],
  ])("%s", (_, patterns, expected) => {
    expect(filesOf(tree).files.glob(patterns)).toEqual(expected);
  });

  test("a link to a folder is one file, and is not followed", () => {
    const { folder, files } = filesOf({ "real/a": "" });
    symlinkSync("real", `${folder}/link`);
    expect(files.glob(["**"])).toEqual(["link", "real/a"]);
  });
});

describe("lists", () => {
  test("are sorted, and leave out what is ignored with all below it", () => {
    const { files } = filesOf(tree);
    expect(files.list("docs", (name) => name === "drafts")).toEqual(["x.md"]);
    expect(files.list("docs")).toEqual(["drafts/y.md", "x.md"]);
  });

  test("a folder that does not exist holds nothing", () => {
    expect(filesOf({}).files.list("nowhere")).toEqual([]);
  });
});

test("kinds are told apart", () => {
  const { folder, files } = filesOf({ "a/b": "" });
  symlinkSync("nowhere", `${folder}/broken`);
  expect(["a", "a/b", "broken", "c"].map((name) => files.kindOf(name))).toEqual([
    "folder",
    "file",
    "other",
    "absent",
  ]);
});
