/** Repositories of git for the tests of the rule, and rooms in which git has settings of nobody's. */
import { execFileSync } from "node:child_process";
import { writeFiles } from "../../support/folder.ts";
import { RuleRoom } from "./rule-room.ts";

/** Of nobody in particular; paths may be submodules. */
const settings = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2020-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2020-01-01T00:00:00Z",
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "protocol.file.allow",
  GIT_CONFIG_VALUE_0: "always",
};

/** A repository with two commits on `main`, the first one tagged, and a branch beside it. */
export class Repository {
  readonly folder = new RuleRoom().root;
  readonly first: string;
  readonly second: string;

  constructor() {
    this.git("init", "--quiet", "--initial-branch=main");
    this.first = this.commit({ a: "1", "sub/b": "1" });
    this.git("tag", "v1");
    this.git("branch", "feature/x");
    this.second = this.commit({ a: "2" });
  }

  git(...args: readonly string[]): string {
    const env = { ...process.env, ...settings };
    const options = { cwd: this.folder, env, encoding: "utf8" } as const;
    return execFileSync("git", args, { ...options, stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  commit(files: Readonly<Record<string, string>>): string {
    writeFiles(this.folder, files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message=x");
    return this.git("rev-parse", "HEAD");
  }
}

/** @param more variables of git beside those */
export function newRoom(more: NodeJS.ProcessEnv = {}): RuleRoom {
  const room = new RuleRoom();
  room.more = { environment: { ...process.env, ...settings, ...more } };
  return room;
}
