import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { FileDigests } from "../../src/files/digests.ts";
import { filesOfCheckout, findCheckout, readCheckout } from "../../src/files/local-checkout.ts";
import { Looks } from "../../src/files/looks.ts";
import { WorkspaceFiles } from "../../src/files/workspace-files.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";

const environment = { PATH: process.env["PATH"], HOME: "/nowhere" };

const ignoring = { ".gitignore": "build/\n*.o\n" };

/** A checkout with one commit, on `main`. */
function checkout(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder({ a: "1", "sub/b": "1", ...ignoring, ...files });
  commitAll(folder);
  return folder;
}

function filesOf(folder: string, submodules = false, looks = new Looks()): readonly string[] {
  const files = new WorkspaceFiles(folder, new FileDigests(new Map(), looks), { looks });
  const found = filesOfCheckout(folder, { files, environment, submodules }) ?? [];
  return found.map((file) => path.relative(folder, file));
}

test("its files are the tracked ones and new ones that are not ignored, with any name", () => {
  const folder = checkout({ "with space/ü \n.txt": "1" });
  writeFiles(folder, { "sub/new": "1", "sub/c.o": "1", "build/x": "1", ".tbuild/x": "1" });
  symlinkSync("a", path.join(folder, "link"));
  expect(filesOf(folder)).toEqual([
    ".gitignore",
    "a",
    "link",
    "sub/b",
    "sub/new",
    "with space/ü \n.txt",
  ]);
});

test("a tracked file counts though it is ignored, one that was removed does not", () => {
  const folder = checkout({ "build/kept": "1", "build/other": "1" });
  git(folder, "add", "--force", "build/kept");
  git(folder, "rm", "--quiet", "--force", "a");
  expect(filesOf(folder)).toEqual([".gitignore", "build/kept", "sub/b"]);
});

test("files of submodules count where they are wanted, those of other repositories below never", () => {
  const folder = checkout();
  const part = checkout();
  git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part, "part");
  mkdirSync(path.join(folder, "foreign"));
  writeFiles(path.join(folder, "foreign"), { x: "1" });
  commitAll(path.join(folder, "foreign"));
  writeFiles(path.join(folder, "part"), { "new.o": "1", new: "1" });
  const own = [".gitignore", ".gitmodules", "a"];
  expect(filesOf(folder)).toEqual([...own, "sub/b"]);
  expect(filesOf(folder, true)).toEqual([
    ...own,
    "part/.gitignore",
    "part/a",
    "part/new",
    "part/sub/b",
    "sub/b",
  ]);
});

test("what makes other files of it is looked at: folders, lists of what is ignored, git's index", () => {
  const folder = checkout();
  const looks = new Looks();
  looks.during("it", () => filesOf(folder, false, looks));
  const seen = [...(looks.readBy("it") ?? [])].map((file) => path.relative(folder, file));
  const places = ["", "sub", ".gitignore", ".git/index", ".git/info/exclude", ".git/config"];
  expect(seen).toEqual(expect.arrayContaining(places));
  expect(looks.readBy("it")).toContain("/nowhere/.config/git/ignore");
});

test("where it stands is told with the number of files that are not as committed", () => {
  const folder = checkout();
  const commit = git(folder, "rev-parse", "HEAD");
  expect(readCheckout(folder, environment)).toMatchObject({
    commit,
    branch: "main",
    changed: 0,
    isDirty: false,
  });
  writeFiles(folder, { a: "2", new: "1", "c.o": "1" });
  git(folder, "mv", "sub/b", "sub/moved");
  git(folder, "checkout", "--quiet", "--detach");
  const state = readCheckout(folder, environment);
  expect(state).toMatchObject({ commit, changed: 3, isDirty: true });
  expect(state?.branch).toBeUndefined();
});

test("before the first commit there is none", () => {
  const folder = temporaryFolder({ a: "1" });
  git(folder, "init", "--quiet", "--initial-branch=main");
  const state = readCheckout(folder, environment);
  expect(state).toMatchObject({ branch: "main", changed: 1 });
  expect(state?.commit).toBeUndefined();
});

test("reading a checkout leaves its index as it is", () => {
  const folder = checkout();
  writeFiles(folder, { a: "1" });
  const looks = new Looks();
  const index = path.join(folder, ".git/index");
  looks.look(index);
  const before = looks.of(index);
  readCheckout(folder, environment);
  looks.look(index);
  expect(looks.of(index)).toEqual(before);
});

test("a folder is a checkout, lies below one, or is none", () => {
  const folder = checkout();
  expect(findCheckout(folder, environment).kind).toBe("checkout");
  expect(findCheckout(path.join(folder, "sub"), environment)).toEqual({
    kind: "below",
    top: folder,
  });
  // Git says it in other words where the folder for temporary files is a file system of its own.
  const none = findCheckout(temporaryFolder(), environment);
  const [said] = none.kind === "none" ? none.said : [];
  expect([none.kind, said]).toEqual([
    "none",
    expect.stringMatching(/^fatal: not a git repository/),
  ]);
});
