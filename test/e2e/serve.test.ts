/**
 * The server with real git over HTTP, and its own program: what is pushed is built once, whatever ends it.
 *
 * @one-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { untilProcesses } from "./running.ts";
import { readLog, readRun, runOf, startServer, untilSeen } from "./server.ts";
import { forever } from "./small-workspace.ts";
import { tbuild } from "./tbuild.ts";

let host: LocalServer;
let repositories: string;

beforeAll(async () => {
  repositories = temporaryFolder();
  host = await startGitServer(repositories);
});
afterAll(() => host.stop());

/** A repository on the host, with a first commit; and a folder with a configuration for it. */
function given(name: string, targets: string, more = ""): { repository: string; folder: string } {
  const repository = path.join(repositories, name);
  writeFiles(repositories, { [`${name}/targets.yaml`]: targets });
  commitAll(repository);
  const folder = temporaryFolder();
  configure(folder, name, more);
  return { repository, folder };
}

function configure(folder: string, name: string, more = ""): void {
  writeFiles(folder, {
    "server.yaml": `listen: 127.0.0.1:0
repositories:
  ${name}:
    url: ${host.url}/${name}/.git
    targets: [all]
    notice: { poll: 1 s }
${more}`,
  });
}

/** Commits what is there now. */
function push(repository: string, message: string): string {
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--allow-empty", `--message=${message}`);
  return git(repository, "rev-parse", "HEAD");
}

const oneTarget = "targets: { all: { run: echo built } }\n";

const runsIn = (folder: string): readonly string[] => {
  const runs = path.join(folder, "data/runs");
  return existsSync(runs) ? readdirSync(runs).sort() : [];
};

test("the first start builds nothing; a push is built, told, and not built again after a restart", async () => {
  const { repository, folder } = given(
    "first",
    `targets: { all: { run: 'echo "built by $WHO"; nice', pass-env: [WHO] } }\n`,
    "    environment: [WHO]\n",
  );
  const server = startServer(folder, { WHO: "sesame-opens" });
  await server.says(/listening on/);
  await untilSeen(folder);
  expect(runsIn(folder)).toEqual([]);

  const commit = push(repository, "a <b>push</b>; rm -rf /");
  const id = runOf(await server.says(/first main: passed/));
  server.signal("SIGTERM");

  expect(await server.ended).toBe(0);
  expect(readRun(folder, id)).toMatchObject({
    ...{ repository: "first", branch: "main", commit, targets: ["all"], state: "passed" },
    ...{ subject: "a <b>push</b>; rm -rf /", author: "A", attempts: 1, exitCode: 0 },
    counts: { built: 1, fresh: 0, failed: 0, skipped: 0 },
    cause: { kind: "push", noticed: "poll" },
  });
  expect(readLog(folder, id, "targets/all.log")).toBe(
    // The server goes first: its runs have what it leaves of the processors.
    `built by ***\n${Math.max(getPriority(), 10)}\n`,
  );
  expect(readLog(folder, id, "events.ndjson")).not.toContain("sesame");

  const again = startServer(folder, { WHO: "sesame-opens" });
  await again.says(/listening on/);
  const next = push(repository, "another");
  const second = runOf(await again.says(/first main: passed/));
  expect(readRun(folder, second).commit).toBe(next);
  expect(runsIn(folder)).toEqual([id, second]);
});

test("what is pushed while the server is off is built when it starts", async () => {
  const { repository, folder } = given("missed", oneTarget);
  const server = startServer(folder);
  await untilSeen(folder);
  server.signal("SIGTERM");
  await server.ended;

  const commit = commitAgain(repository);
  const again = startServer(folder);
  const id = runOf(await again.says(/missed main: passed/));
  expect(readRun(folder, id).commit).toBe(commit);
});

test("a server that is killed resumes the run: what was made is fresh, and nothing of the last one runs on", async () => {
  const sleep = forever("resume");
  const { repository, folder } = given(
    "killed",
    `targets:
  slow: { run: "echo once >> ${repositories}/count; echo made > made", outputs: [made] }
  all: { run: "test -e ${repositories}/go || exec ${sleep}", needs: [slow] }
`,
  );
  const server = startServer(folder);
  await untilSeen(folder);
  push(repository, "slow");
  await server.says(/killed main: running/);
  await untilProcesses(sleep, 1, 20_000);
  server.signal("SIGKILL");
  await server.ended;
  writeFileSync(path.join(repositories, "go"), "");

  const again = startServer(folder);
  await again.says(/resuming 1 run/);
  const id = runOf(await again.says(/killed main: passed/));

  expect(readRun(folder, id)).toMatchObject({
    ...{ state: "passed", attempts: 2 },
    counts: { built: 1, fresh: 1, failed: 0, skipped: 0 },
  });
  expect(readFileSync(path.join(repositories, "count"), "utf8")).toBe("once\n");
  expect(readLog(folder, id, "output.log")).toContain(
    "--- the server was restarted: attempt 2 of this run ---",
  );
  await untilProcesses(sleep, 0);
});

test("of many pushes while one is built the newest is built, and the others are told as replaced", async () => {
  const sleep = forever("newest");
  const gate = path.join(repositories, "newest-gate");
  const { repository, folder } = given(
    "newest",
    `targets: { all: { run: "test -e ${gate} || exec ${sleep}" } }\n`,
    "    cancel-running: true\n",
  );
  const server = startServer(folder);
  await untilSeen(folder);
  push(repository, "first");
  await server.says(/newest main: running/);
  await untilProcesses(sleep, 1, 20_000);
  writeFileSync(gate, "");
  const newest = push(repository, "second");
  const cancelled = runOf(await server.says(/newest main: cancelled/));
  const passed = runOf(await server.says(/newest main: passed/));

  expect(readRun(folder, cancelled)).toMatchObject({
    ...{ state: "cancelled", problem: "a newer push to the branch ended it", replacedBy: passed },
  });
  expect(readRun(folder, passed).commit).toBe(newest);
  await untilProcesses(sleep, 0);
});

test("a target that is not there, and a link that leads out, fail the run and say so", async () => {
  const { repository, folder } = given("wrong", "targets: { al: { run: 'true' } }\n");
  const server = startServer(folder);
  await untilSeen(folder);
  push(repository, "no such target");
  const first = runOf(await server.says(/wrong main: failed/));
  expect(readRun(folder, first)).toMatchObject({
    exitCode: 2,
    problem: "there is no target `all`",
  });
  git(repository, "checkout", "--quiet", "-b", "main-2");
  server.signal("SIGTERM");
  await server.ended;

  writeFiles(repository, { "targets.yaml": oneTarget });
  git(repository, "checkout", "--quiet", "main");
  const { symlinkSync } = await import("node:fs");
  symlinkSync("../../../../etc/passwd", path.join(repository, "innocent"));
  push(repository, "a link");
  const again = startServer(folder);
  const second = runOf(await again.says(/wrong main: failed/));
  expect(readRun(folder, second)).toMatchObject({
    exitCode: 1,
    problem: "the link `innocent` leads out of the repository, or may",
  });
});

test("an edit of the configuration takes effect at once; a broken one changes nothing and says why", async () => {
  const { repository, folder } = given("edited", oneTarget);
  const server = startServer(folder);
  await untilSeen(folder);
  const text = readFileSync(path.join(folder, "server.yaml"), "utf8");

  writeFileSync(path.join(folder, "server.yaml"), `${text}    branchs: [x]\n`);
  expect(await server.says(/stays/)).toContain(
    "the configuration stays: server.yaml:7:5: repository `edited` has no key `branchs`",
  );
  writeFileSync(path.join(folder, "server.yaml"), `${text}    branches: [main, "release/*"]\n`);
  await server.says(/the configuration is another one/);
  git(repository, "checkout", "--quiet", "-b", "release/1");
  push(repository, "released");
  expect(await server.says(/edited release\/1: passed/)).toContain("passed");
});

test("two servers of one data folder are one too many; what is wrong is told before anything begins", async () => {
  const { folder } = given("locked", oneTarget);
  const server = startServer(folder);
  await server.says(/listening on/);

  const second = await tbuild(folder, ["serve"]);
  expect(second).toEqual({
    exitCode: 3,
    stdout: "",
    stderr: `error: the data folder \`${folder}/data\` is used by process ${server.pid}\nhint: stop that server, or give this one another \`data\``,
  });
  expect(await tbuild(folder, ["serve", "--check"])).toMatchObject({
    ...{ exitCode: 0, stdout: "server.yaml: in order, 1 repository" },
  });
  expect(await tbuild(folder, ["serve", "--config", "none.yaml"])).toMatchObject({
    ...{ exitCode: 2, stderr: "error: cannot read `none.yaml`: there is no such file" },
  });
});

test("a new token is printed once, with a line that has only its hash", async () => {
  const { stdout, exitCode } = await tbuild(temporaryFolder(), [
    ...["serve", "--new-token", "anna", "--scope", "run"],
  ]);
  expect(exitCode).toBe(0);
  const [token = ""] = stdout.split("\n");
  expect(token).toMatch(/^tbuild_[\w-]{43}$/);
  expect(stdout).toMatch(
    /\n {2}- \{ name: anna, hash: "sha256\$[0-9a-f]{64}", scopes: \[run\] \}$/,
  );
  expect(stdout.indexOf(token, 1)).toBe(-1);
});
