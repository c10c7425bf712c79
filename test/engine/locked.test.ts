/** What names of servers stand for is found out once, locked, and moved by nobody but `tbuild update`. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { lockText, readLockFile } from "../../src/pins/lock-file.ts";
import { Pins } from "../../src/pins/pins.ts";
import { FakeDocker } from "../rules/support/fake-docker.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { Workspace } from "../support/workspace.ts";

/** A repository outside of any workspace, on `main`. */
function repository(text: string): { readonly folder: string; commit(text: string): string } {
  const folder = temporaryFolder({ text });
  commitAll(folder);
  const commit = (next: string): string => {
    writeFiles(folder, { text: next });
    git(folder, "commit", "--quiet", "--all", "--message=next");
    return git(folder, "rev-parse", "HEAD");
  };
  return { folder, commit };
}

const checkout = (url: string): string => `
targets:
  source: { git: "${url}", ref: main, to: out/source }
  copy: { run: cp out/source/text out/copy, inputs: [{ target: source }], outputs: [out/copy] }
`;

function closed(workspace: Workspace): { readonly pins: Pins } {
  const read = readLockFile(`${workspace.root}/targets.lock`);
  if (!read.ok) throw new Error("unreadable");
  return { pins: new Pins(read.value, true) };
}

describe("a branch", () => {
  test("is looked up by the first build, which locks its commit and says so", async () => {
    const { folder } = repository("one");
    const workspace = new Workspace(checkout(folder));
    const run = await workspace.build("copy");
    expect(run.ran).toEqual(["source: never made", "copy: never made"]);
    const commit = git(folder, "rev-parse", "HEAD");
    expect(workspace.read("targets.lock")).toBe(lockText([[`git ${folder} main`, commit]]));
    expect(run.events.filter(({ kind }) => kind === "locked")).toEqual([
      { kind: "locked", file: "targets.lock", added: [`git ${folder} main`] },
    ]);
    expect((await workspace.build("copy")).ran).toEqual([]);
  });

  test("that moved changes no build: not a forced one, and not one that makes all anew", async () => {
    const { folder, commit } = repository("one");
    const workspace = new Workspace(checkout(folder));
    await workspace.build("copy");
    commit("two");
    expect((await workspace.build("copy")).ran).toEqual([]);
    await workspace.build("source", { force: true });
    expect(workspace.read("out/source/text")).toBe("one");
    for (const made of ["out", ".tbuild"]) workspace.remove(made);
    await workspace.build("copy");
    expect(workspace.read("out/copy")).toBe("one");
  });

  test("that the lock moved makes what is checked out from it again, and says from where to where", async () => {
    const { folder, commit } = repository("one");
    const workspace = new Workspace(checkout(folder));
    await workspace.build("copy");
    const before = git(folder, "rev-parse", "HEAD");
    const now = commit("two");
    workspace.write({ "targets.lock": lockText([[`git ${folder} main`, now]]) });
    expect((await workspace.build("copy")).ran).toEqual([
      `source: the lock moved \`main\` from \`${before.slice(0, 12)}\` to \`${now.slice(0, 12)}\``,
      "copy: dependency `source` changed",
    ]);
    expect(workspace.read("out/copy")).toBe("two");
  });

  test("whose entry is gone is looked up again", async () => {
    const { folder, commit } = repository("one");
    const workspace = new Workspace(checkout(folder));
    await workspace.build("source");
    commit("two");
    workspace.remove("targets.lock");
    expect((await workspace.build("source")).ran).toEqual([
      `source: lock entry \`git ${folder} main\` is gone`,
    ]);
    expect(workspace.read("out/source/text")).toBe("two");
  });

  test("has one commit for all targets of a build that ask for it", async () => {
    const { folder } = repository("one");
    const workspace = new Workspace(`
targets:
  a: { git: "${folder}", ref: main }
  b: { git: "${folder}", ref: main }
`);
    expect((await workspace.build(["a", "b"])).built).toBe(2);
    expect(workspace.read("targets.lock").trim().split("\n")).toHaveLength(2);
  });

  test("of a repository in the workspace is not locked, and neither is a whole commit", async () => {
    const { folder } = repository("one");
    const commit = git(folder, "rev-parse", "HEAD");
    const workspace = new Workspace(`
targets:
  here: { git: repository, ref: main }
  whole: { git: "${folder}", ref: ${commit} }
`);
    workspace.write({ "repository/text": "here" });
    commitAll(`${workspace.root}/repository`);
    const run = await workspace.build(["here", "whole"]);
    expect(run.messages).toEqual([]);
    expect(() => workspace.read("targets.lock")).toThrow("ENOENT");
  });
});

describe("a base image that the Dockerfile of a checkout names", () => {
  const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const newWorkspace = (): { readonly workspace: Workspace; readonly docker: FakeDocker } => {
    const sources = temporaryFolder({ Dockerfile: "FROM debian:12\n" });
    commitAll(sources);
    const workspace = new Workspace(`
targets:
  sources: { git: "${sources}", ref: main }
  app: { image: [], include: { .: sources } }
`);
    const docker = new FakeDocker();
    docker.digests.set("debian:12", digest("a"));
    workspace.docker = () => Promise.resolve(docker);
    return { workspace, docker };
  };

  test("is locked when it is built, and makes the image again when the lock moves", async () => {
    const { workspace } = newWorkspace();
    await workspace.build("app");
    const lock = workspace.read("targets.lock");
    expect(lock).toContain(`image debian:12 ${digest("a")}\n`);
    expect((await workspace.build("app")).ran).toEqual([]);
    workspace.write({ "targets.lock": lock.replace(digest("a"), digest("b")) });
    for (const planned of [false, true]) {
      expect((await workspace.build("app", { planned })).ran).toEqual(
        planned ? [] : ["app: the lock moved `debian:12` from `aaaaaaaaaaaa` to `bbbbbbbbbbbb`"],
      );
    }
  });

  test("and that is not locked fails its target with --locked", async () => {
    const { workspace } = newWorkspace();
    await workspace.build("sources");
    const run = await workspace.build("app", closed(workspace));
    expect(run).toMatchObject({ failed: 1, built: 0 });
    expect(run.problems).toMatchObject([
      {
        code: "not-locked",
        message: "`debian:12` is not in `targets.lock`",
        at: { file: "targets.yaml", line: 5 },
        hint: "`tbuild update app` adds it",
      },
    ]);
  });
});

test("a compiled plan holds only with the lock that it was made with", async () => {
  const { folder, commit } = repository("one");
  const workspace = new Workspace(checkout(folder));
  await workspace.build("copy", { planned: true });
  await workspace.build("copy", { planned: true });
  expect((await workspace.build("copy", { planned: true })).fresh).toBe(2);
  workspace.write({ "targets.lock": lockText([[`git ${folder} main`, commit("two")]]) });
  expect((await workspace.build("copy", { planned: true })).built).toBe(2);
  expect((await workspace.build("copy", { planned: true })).ran).toEqual([]);
  workspace.remove("targets.lock");
  expect((await workspace.build("copy", { planned: true })).ran).toEqual([
    `source: lock entry \`git ${folder} main\` is gone`,
  ]);
});

test("a fetched file is locked by its sha256, and another one under its URL is an error at its line", async () => {
  const file = `${temporaryFolder({ file: "one" })}/file`;
  const workspace = new Workspace(`
targets:
  file: { fetch: "file://${file}", to: out/file }
`);
  await workspace.build("file");
  const sha256 = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
  const two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";
  expect(workspace.read("targets.lock")).toBe(
    lockText([[`fetch file://${file}`, `sha256:${sha256}`]]),
  );
  writeFileSync(file, "two");
  workspace.remove("out");
  const run = await workspace.build("file");
  expect(run.problems).toEqual([
    {
      code: "fetched-file-changed",
      blame: "target",
      message: `the file at \`file://${file}\` has sha256 \`${two}\`, locked is \`${sha256}\``,
      at: {
        file: "targets.lock",
        line: 2,
        column: 1,
        length: 79 + `fetch file://${file}`.length - 7,
      },
      hint: "`tbuild update file` takes the new one, if it is to be trusted",
    },
  ]);
});

test("with --locked what is not locked is told all at once, before anything runs, and nothing is written", async () => {
  const { folder } = repository("one");
  const workspace = new Workspace(`
targets:
  first: { run: touch out/first, outputs: [out/first] }
  source: { git: "${folder}", ref: main, needs: [first] }
  file: { fetch: "https://me:secret@example.org/a.tgz", needs: [first] }
`);
  const run = await workspace.build(["source", "file"], closed(workspace));
  expect(run.ran).toEqual([]);
  expect(run.problems).toEqual([
    {
      code: "not-locked",
      blame: "usage",
      message: `\`main\` of \`${folder}\` is not in \`targets.lock\``,
      at: expect.objectContaining({ file: "targets.yaml", line: 5 }),
      hint: "`tbuild update source` adds it",
    },
    {
      code: "not-locked",
      blame: "usage",
      message: "`https://example.org/a.tgz` is not in `targets.lock`",
      at: expect.objectContaining({ file: "targets.yaml", line: 6 }),
      hint: "`tbuild update file` adds it",
    },
  ]);
  expect(() => workspace.read("targets.lock")).toThrow("ENOENT");
  await workspace.build("source");
  expect((await workspace.build("source", { ...closed(workspace), force: true })).built).toBe(1);
});

test("a commit that the server does not have any more is told at its line", async () => {
  const { folder, commit } = repository("one");
  const workspace = new Workspace(checkout(folder));
  const gone = commit("two");
  git(folder, "reset", "--quiet", "--hard", "HEAD~1");
  git(folder, "reflog", "expire", "--expire=now", "--all");
  git(folder, "gc", "--quiet", "--prune=now");
  workspace.write({ "targets.lock": lockText([[`git ${folder} main`, gone]]) });
  const run = await workspace.build("source");
  expect(run.problems).toMatchObject([
    {
      code: "commit-gone",
      blame: "surroundings",
      message: `the commit \`${gone.slice(0, 12)}\`, locked for \`main\` of \`${folder}\`, is no longer to be had`,
      at: { file: "targets.lock", line: 2 },
      hint: "`tbuild update source` takes what `main` stands for now",
    },
  ]);
  expect(readFileSync(`${workspace.root}/targets.lock`, "utf8")).toContain(gone);
});

test("a commit that is locked is checked out from a server that is asked for no list of names", async () => {
  const { folder } = repository("one");
  const workspace = new Workspace(checkout(folder));
  const commit = git(folder, "rev-parse", "HEAD");
  workspace.write({ "targets.lock": lockText([[`git ${folder} main`, commit]]) });
  // Without the branch nothing but the commit itself is to be had.
  git(folder, "update-ref", "refs/heads/other", commit);
  git(folder, "symbolic-ref", "HEAD", "refs/heads/other");
  git(folder, "branch", "--quiet", "-D", "main");
  expect((await workspace.build("copy")).built).toBe(2);
  rmSync(folder, { recursive: true });
  expect((await workspace.build("copy")).fresh).toBe(2);
});
