import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { newRoom, Repository } from "./support/repository.ts";
import { problemOf } from "./support/rule-room.ts";

const gitProgram = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();

/** A folder of programs with a git that says this in the place of a command, and else is git. */
function saying(command: string, words: string): string {
  const folder = temporaryFolder({
    git: `#!/bin/sh
case " $* " in *" ${command} "*) echo "${words}" >&2; exit 128 ;; esac
exec ${gitProgram} "$@"
`,
  });
  chmodSync(path.join(folder, "git"), 0o755);
  return `${folder}:${process.env["PATH"]}`;
}

test.each(["fetch", "read-tree"])(
  "a full disk at `git %s` is the surroundings' fault",
  async (at) => {
    const PATH = saying(at, "fatal: write error: No space left on device");
    const { folder } = new Repository();
    const problem = problemOf(await newRoom({ PATH }).act("git", { git: folder }));
    expect(problem).toMatchObject({
      code: "disk",
      blame: "surroundings",
      details: ["fatal: write error: No space left on device"],
    });
    expect(problem.message).toMatch(/^no space is left on the disk: cannot (fetch|check out) /);
  },
);

const denied = "git@h: Permission denied (publickey).";

test.each([
  [
    "/tmp/agent",
    "tried the keys of the SSH agent and those that `~/.ssh` names; `ssh -T git@h` tells more",
  ],
  [undefined, "tried those that `~/.ssh` names; `ssh -T git@h` tells more"],
])("over SSH, with the agent %p, it is told which keys were tried", async (agent, hint) => {
  const more = { PATH: saying("ls-remote", denied), SSH_AUTH_SOCK: agent, HOME: "/nowhere" };
  for (const git of ["git@h:team/api.git", "ssh://git@h/team/api.git"]) {
    expect(problemOf(await newRoom(more).act("git", { git }))).toMatchObject({
      message: `the repository denies access: \`${git}\``,
      details: [denied],
      hint,
    });
  }
});

test("helpers are told by their names, and never what a script of one says", async () => {
  const room = newRoom({
    PATH: saying("ls-remote", "fatal: Authentication failed for 'https://h/'"),
    HOME: temporaryFolder({ ".netrc": "" }),
    GIT_ASKPASS: "/bin/ask",
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "credential.helper",
    GIT_CONFIG_VALUE_0: "!echo password=secret",
    GIT_CONFIG_KEY_1: "credential.https://h.helper",
    GIT_CONFIG_VALUE_1: "/opt/tools/keeper --token secret",
  });
  expect(problemOf(await room.act("git", { git: "https://me:secret@h/x" }))).toMatchObject({
    message: "the repository denies access: `https://***@h/x`",
    hint: "tried the login of the URL, `~/.netrc`, a credential helper, credential helper `keeper` and `GIT_ASKPASS`; give git a login for `h` by a credential helper",
  });
});

test("a server that breaks off may be there again", async () => {
  const PATH = saying("fetch", "fatal: early EOF");
  const { folder } = new Repository();
  expect(problemOf(await newRoom({ PATH }).act("git", { git: folder }))).toMatchObject({
    message: `the repository cannot be reached: \`${folder}\``,
    transient: true,
  });
});

test("git has no terminal to ask on", async () => {
  const asking = "tty >&2; cat /dev/tty >&2; exit 1";
  const folder = temporaryFolder({ git: `#!/bin/sh\n${asking}\n` });
  chmodSync(path.join(folder, "git"), 0o755);
  const room = newRoom({ PATH: `${folder}:${process.env["PATH"]}` });
  const problem = problemOf(await room.act("git", { git: "ssh://h/x" }));
  expect(problem.details?.[0]).toBe("not a tty");
  expect(problem.details?.[1]).toMatch(/No such device or address/);
});
