/**
 * The lock file: what names of servers stand for moves by `tbuild update` alone, and without servers all goes on.
 *
 * @newer-engine: no engine is asked.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { project } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

let repositories: string;
let gitServer: LocalServer;
let fileServer: Server;
let fileUrl: string;
let file = "file 1";
const asked: string[] = [];

const stopFiles = async (): Promise<void> => {
  fileServer.closeAllConnections();
  await new Promise((resolve) => fileServer.close(resolve));
};

beforeEach(async () => {
  repositories = temporaryFolder({ "api/text": "api 1" });
  commitAll(path.join(repositories, "api"));
  gitServer = await startGitServer(repositories);
  file = "file 1";
  fileServer = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.end(file);
  });
  await new Promise<void>((resolve) => fileServer.listen(0, "127.0.0.1", resolve));
  fileUrl = `http://127.0.0.1:${(fileServer.address() as AddressInfo).port}/file`;
  asked.splice(0);
});
afterEach(async () => {
  if (fileServer.listening) {
    await gitServer.stop();
    await stopFiles();
  }
});

const apiUrl = (): string => `${gitServer.url}/api/.git`;
const api = (): string => path.join(repositories, "api");

function commit(text: string): string {
  writeFiles(api(), { text });
  git(api(), "commit", "--quiet", "--all", `--message=${text}`);
  return git(api(), "rev-parse", "HEAD");
}

const newWorkspace = (): string =>
  temporaryFolder({
    "targets.yaml": `name: ${project}
default: all
targets:
  api: { git: "${apiUrl()}", ref: main, to: out/api }
  file: { fetch: "${fileUrl}", to: out/file }
  release: { run: "echo \${api.short} > out/release", outputs: [out/release] }
  all: { needs: [api, file, release] }
`,
  });
const made = (folder: string, name: string): string =>
  readFileSync(path.join(folder, "out", name), "utf8");
const lockOf = (folder: string): string => readFileSync(path.join(folder, "targets.lock"), "utf8");
const all = ["api", "file", "release"];

test("the first build locks in one line what it found; nothing moves unseen; update tells and moves", async () => {
  const folder = newWorkspace();
  const first = git(api(), "rev-parse", "HEAD");
  const { stderr } = await tbuild(folder, []);
  expect(stderr).toContain(
    `locked \`main\` of \`${apiUrl()}\`, \`${fileUrl}\` in \`targets.lock\`, which is to be committed`,
  );
  expect(made(folder, "release")).toBe(`${first.slice(0, 12)}\n`);
  const now = commit("api 2");
  file = "file 2";
  expect((await build(folder, ["--locked"])).ran).toEqual([]);
  expect((await build(folder, ["api", "--force"])).ran).toEqual(["api"]);
  await tbuild(folder, ["purge", "--yes"]);
  expect((await build(folder, ["api", "release"])).ran).toEqual(["api", "release"]);
  expect(made(folder, "api/text")).toBe("api 1");
  expect(made(folder, "release")).toBe(`${first.slice(0, 12)}\n`);
  expect(lockOf(folder)).toContain(`main ${first}\n`);

  const updated = await tbuild(folder, ["update"]);
  expect(updated.exitCode).toBe(0);
  expect(updated.stdout).toContain(
    `moved  git ${apiUrl()} main  ${first.slice(0, 12)} -> ${now.slice(0, 12)}`,
  );
  expect(updated.stdout).toContain(`moved  fetch ${fileUrl}  `);
  const { events } = await build(folder, []);
  const why = events.flatMap((event) => (event.kind === "target-started" ? [event.why] : []));
  expect(why).toContain(
    `the lock moved \`main\` from \`${first.slice(0, 12)}\` to \`${now.slice(0, 12)}\``,
  );
  expect([made(folder, "api/text"), made(folder, "file"), made(folder, "release")]).toEqual([
    "api 2",
    "file 2",
    `${now.slice(0, 12)}\n`,
  ]);
  expect((await build(folder, [])).ran).toEqual([]);
});

test("a file that is another one than the lock says is not taken", async () => {
  const folder = newWorkspace();
  await tbuild(folder, []);
  file = "file 2";
  rmSync(path.join(folder, "out/file"));
  const { exitCode, stderr } = await tbuild(folder, ["file"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    `targets.lock:2:1: error: target \`file\` failed: the file at \`${fileUrl}\` has sha256 `,
  );
  expect(stderr).toContain("hint: `tbuild update file` takes the new one, if it is to be trusted");
});

test("with --locked a build without a lock fails before anything runs, and asks nobody", async () => {
  const folder = newWorkspace();
  const { exitCode, stderr } = await tbuild(folder, ["api", "file", "--locked"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error: \`main\` of \`${apiUrl()}\` is not in \`targets.lock\``);
  expect(stderr).toContain(`error: \`${fileUrl}\` is not in \`targets.lock\``);
  expect(stderr).toContain("hint: `tbuild update api` adds it");
  expect(asked).toEqual([]);
  expect(() => lockOf(folder)).toThrow("ENOENT");
});

test("another clone of the project builds the same from the lock, and names of checkouts need no server", async () => {
  const folder = newWorkspace();
  const first = git(api(), "rev-parse", "HEAD");
  await tbuild(folder, []);
  commit("api 2");
  const other = newWorkspace();
  writeFileSync(path.join(other, "targets.lock"), lockOf(folder));
  expect((await build(other, ["--locked"])).ran).toEqual(all);
  expect(made(other, "api/text")).toBe("api 1");
  await gitServer.stop();
  await stopFiles();
  // What is there needs no server, and neither does what the clone has.
  expect((await build(other, [])).ran).toEqual([]);
  rmSync(path.join(other, "out/api"), { recursive: true });
  rmSync(path.join(other, "out/release"));
  const offline = await build(other, []);
  expect(offline).toMatchObject({ exitCode: 0, ran: ["api", "release"] });
  expect(made(other, "release")).toBe(`${first.slice(0, 12)}\n`);
  const updated = await tbuild(other, ["update"]);
  expect(updated.exitCode).toBe(3);
  expect(updated.stderr).toContain(`the repository cannot be reached: \`${apiUrl()}\``);
  expect(lockOf(other)).toBe(lockOf(folder));
});

test("a commit that a rewritten branch left behind is told at its line, and update takes the new one", async () => {
  const folder = newWorkspace();
  const gone = commit("api 2");
  await tbuild(folder, ["update", "api"]);
  git(api(), "reset", "--quiet", "--hard", "HEAD~1");
  commit("api 3");
  git(api(), "reflog", "expire", "--expire=now", "--all");
  git(api(), "gc", "--quiet", "--prune=now");
  const { exitCode, stderr } = await tbuild(folder, ["api"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(
    `targets.lock:2:1: error: target \`api\` failed: the commit \`${gone.slice(0, 12)}\`, locked for \`main\` of \`${apiUrl()}\`, is no longer to be had`,
  );
  expect(stderr).toContain(
    "asked for the commit itself, and looked for it in all branches and tags",
  );
  expect(stderr).toContain("hint: `tbuild update api` takes what `main` stands for now");
  await tbuild(folder, ["update", "api"]);
  expect((await build(folder, ["api"])).exitCode).toBe(0);
  expect(made(folder, "api/text")).toBe("api 3");
});

test("a conflict in the lock is told at its place by every command that needs it", async () => {
  const folder = newWorkspace();
  await tbuild(folder, ["update"]);
  writeFileSync(path.join(folder, "targets.lock"), `${lockOf(folder)}<<<<<<< HEAD\n`);
  for (const command of [["api"], ["update"], ["explain", "api"]]) {
    const { exitCode, stderr } = await tbuild(folder, command);
    expect({ command, exitCode }).toEqual({ command, exitCode: 2 });
    expect(stderr).toContain(
      "targets.lock:4:1: error: a conflict of git is not resolved in `targets.lock`",
    );
  }
});
