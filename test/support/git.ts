/** Repositories of git for tests: without the settings of whoever runs them. */
import { execFileSync } from "node:child_process";

const environment = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** Runs git in a folder, and gives back what it prints. */
export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync("git", args, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

/** A repository on the branch `main`, with one commit of what lies in the folder. */
export function commitAll(folder: string): string {
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message=one");
  return git(folder, "rev-parse", "HEAD");
}

/** One more commit, and its name. */
export function commitAgain(folder: string): string {
  git(folder, "commit", "--quiet", "--allow-empty", "--message=more");
  return git(folder, "rev-parse", "HEAD");
}
