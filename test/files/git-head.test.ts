import { existsSync } from "node:fs";
import { GitHead, type GitName } from "../../src/files/git-head.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";

/** The value, or why there is none. */
function told(folder: string, name: GitName): string {
  const found = new GitHead(folder, process.env).value(name);
  return found.kind === "value" ? found.text : `none: ${found.why}`;
}

test("commit and branch are those that git tells, in a folder below the repository too", () => {
  const folder = temporaryFolder({ "deep/er/a": "" });
  const commit = commitAll(folder);
  git(folder, "checkout", "--quiet", "-b", "feature/x");
  for (const place of [folder, `${folder}/deep/er`]) {
    expect(told(place, "git.commit")).toBe(commit);
    expect(told(place, "git.short")).toBe(commit.slice(0, 12));
    expect(told(place, "git.branch")).toBe("feature/x");
  }
});

test("refs that git has packed count as those that it has not", () => {
  const folder = temporaryFolder();
  const first = commitAll(folder);
  git(folder, "pack-refs", "--all");
  expect(existsSync(`${folder}/.git/refs/heads/main`)).toBe(false);
  expect(told(folder, "git.commit")).toBe(first);
  // The loose one is the newer.
  expect(told(folder, "git.commit")).not.toBe(commitAgain(folder));
  expect(told(folder, "git.commit")).toBe(git(folder, "rev-parse", "HEAD"));
});

test("a worktree has a HEAD of its own", () => {
  const folder = temporaryFolder();
  commitAll(folder);
  const tree = `${temporaryFolder()}/tree`;
  git(folder, "worktree", "add", "--quiet", "-b", "other", tree);
  const commit = commitAgain(tree);
  expect(told(tree, "git.branch")).toBe("other");
  expect(told(tree, "git.commit")).toBe(commit);
  expect(told(folder, "git.branch")).toBe("main");
});

test("a HEAD without a branch, without a commit and without a repository each say so", () => {
  const folder = temporaryFolder();
  const commit = commitAll(folder);
  git(folder, "checkout", "--quiet", "--detach");
  expect(told(folder, "git.commit")).toBe(commit);
  expect(told(folder, "git.branch")).toBe("none: HEAD is at a commit and on no branch");
  const empty = temporaryFolder();
  git(empty, "init", "--quiet", "--initial-branch=main");
  expect(told(empty, "git.branch")).toBe("main");
  expect(told(empty, "git.commit")).toBe("none: the git repository has no commit yet");
  expect(told(empty, "git.tag")).toBe("none: the git repository has no commit yet");
  const plain = temporaryFolder();
  expect(told(plain, "git.branch")).toBe(`none: \`${plain}\` lies in no git repository`);
});

test("of the tags at the commit the highest version is taken, and annotated ones count", () => {
  const folder = temporaryFolder();
  commitAll(folder);
  expect(told(folder, "git.tag")).toBe("none: no tag names the commit that is checked out");
  git(folder, "tag", "stable");
  expect(told(folder, "git.tag")).toBe("stable");
  for (const tag of ["v1.9.0", "v1.10.0-rc.1"]) git(folder, "tag", tag);
  git(folder, "tag", "--annotate", "--message=it", "v1.10.0");
  git(folder, "pack-refs", "--all");
  expect(told(folder, "git.tag")).toBe("v1.10.0");
  commitAgain(folder);
  expect(told(folder, "git.tag")).toBe("none: no tag names the commit that is checked out");
});

test("the version is that of the tag, and behind it the next patch with commits and commit", () => {
  const folder = temporaryFolder();
  const first = commitAll(folder);
  const short = (commit: string) => commit.slice(0, 12);
  expect(told(folder, "git.version")).toBe(`0.0.0-1.g${short(first)}`);
  for (const tag of ["stable", "v1.9.0", "v1.10.0-rc.1"]) git(folder, "tag", tag);
  expect(told(folder, "git.version")).toBe("1.10.0-rc.1");
  const second = commitAgain(folder);
  expect(told(folder, "git.version")).toBe(`1.10.0-rc.1.1.g${short(second)}`);
  git(folder, "tag", "--annotate", "--message=it", "v1.10.0+build.7");
  expect(told(folder, "git.version")).toBe("1.10.0");
  commitAgain(folder);
  const fourth = commitAgain(folder);
  expect(told(folder, "git.version")).toBe(`1.10.1-2.g${short(fourth)}`);
});

test("a tag of another branch is no version of this one, and a part of the history cannot be counted", () => {
  const folder = temporaryFolder();
  commitAll(folder);
  git(folder, "checkout", "--quiet", "-b", "other");
  git(folder, "commit", "--quiet", "--allow-empty", "--message=of the other branch");
  git(folder, "tag", "v9.0.0");
  git(folder, "checkout", "--quiet", "main");
  const commit = commitAgain(folder);
  expect(told(folder, "git.version")).toBe(`0.0.0-2.g${commit.slice(0, 12)}`);
  const part = `${temporaryFolder()}/part`;
  git(folder, "clone", "--quiet", "--depth=1", `file://${folder}`, part);
  expect(told(part, "git.version")).toBe("none: the repository has only a part of its history");
});
