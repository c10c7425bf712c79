/**
 * The server beside GitHub's events: they are a hint, git is asked, and what git says is built.
 *
 * @one-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import path from "node:path";
import type { Run } from "../../src/server/records/run.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { type GithubEvents, otherEvent, pushEvent, startGithubEvents } from "./github-events.ts";
import { readRun, runOf, type Server, startServer, untilSeen } from "./server.ts";

let host: LocalServer;
let events: GithubEvents;
let repositories: string;

beforeAll(async () => {
  repositories = temporaryFolder();
  host = await startGitServer(repositories);
});
afterAll(() => host.stop());
beforeEach(async () => {
  events = await startGithubEvents();
});
afterEach(() => events.stop());

/** A repository with one commit that git is asked for every so often, and its server, which has seen that one. */
async function given(name: string, poll: string) {
  const repository = path.join(repositories, name);
  writeFiles(repositories, { [`${name}/targets.yaml`]: "targets: { all: { run: 'true' } }\n" });
  commitAll(repository);
  const folder = temporaryFolder({
    "server.yaml": `listen: 127.0.0.1:0
read: public
repositories:
  ${name}:
    url: ${host.url}/${name}/.git
    targets: [all]
    notice: { poll: ${poll}, github-events: "${events.url}" }
`,
  });
  const server = startServer(folder);
  await untilSeen(folder);
  return { repository, folder, server };
}

async function runsOf(server: Server): Promise<readonly Run[]> {
  const url = (await server.says(/listening on/)).replace(/^.*listening on /, "");
  const { runs } = (await (await fetch(`${url}/api/v1/runs`)).json()) as { runs: readonly Run[] };
  return runs;
}

async function stop(server: Server): Promise<void> {
  server.signal("SIGTERM");
  expect(await server.ended).toBe(0);
}

const looksAt = (name: string): number =>
  host.asked.filter((line) => line.startsWith(`GET /${name}/.git/info/refs`)).length;

test("an event has a push built long before git would be asked; who has no news is told so, and asked no sooner", async () => {
  const { repository, folder, server } = await given("hinted", "1 h");
  await events.read();
  expect(events.asked.slice(0, 2)).toEqual([
    { status: 200, etag: undefined },
    { status: 304, etag: 'W/"0"' },
  ]);
  const commit = commitAgain(repository);
  events.publish(pushEvent("main", commit));
  const id = runOf(await server.says(/hinted main: passed/));
  expect(readRun(folder, id)).toMatchObject({ commit, cause: { kind: "push", noticed: "events" } });
  await events.read();
  expect(events.hasty()).toBe(0);
  await stop(server);

  const before = events.asked.length;
  const again = startServer(folder);
  await events.read();
  expect(events.asked[before]).toEqual({ status: 304, etag: 'W/"1"' });
  expect(events.hasty()).toBe(0);
  expect(await runsOf(again)).toHaveLength(1);
  await stop(again);
});

test("events that are forged, late, in another order or of no branch that is built lead to no run", async () => {
  const { repository, server } = await given("doubted", "1 h");
  const older = commitAgain(repository);
  const newest = commitAgain(repository);
  events.publish(pushEvent("main", newest, older));
  await server.says(/doubted main: passed/);

  const looks = looksAt("doubted");
  events.publish(pushEvent("main", older), pushEvent("main", "f".repeat(40)));
  await events.read();
  // Git was asked, and knew better.
  expect(looksAt("doubted")).toBe(looks + 1);
  git(repository, "branch", "side");
  const gone = { ...pushEvent("main", "0".repeat(40)) };
  events.publish(pushEvent("side", newest), gone, { type: "PushEvent", payload: {} }, otherEvent());
  await events.read();
  expect((await runsOf(server)).map(({ commit }) => commit)).toEqual([newest]);
  await stop(server);
});

test("a push that the events show no more, since hundreds came after it, is found by asking git", async () => {
  const { repository, folder, server } = await given("buried", "2 s");
  const commit = commitAgain(repository);
  events.publish(...Array.from({ length: 350 }, otherEvent), pushEvent("main", commit));
  const id = runOf(await server.says(/buried main: passed/));
  expect(readRun(folder, id)).toMatchObject({ commit, cause: { kind: "push", noticed: "poll" } });
  await stop(server);
});
