/**
 * A burst of pushes over many repositories, each told by a signed webhook as soon as the one before it was accepted.
 *
 * `TBUILD_TEST_PUSHES=1000` pushes as often, twenty times to each repository; `TBUILD_TEST_ROUNDS=3` does it three
 * times to one server. Then the memory of the server is told, too.
 *
 * @one-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Run } from "../../src/server/records/run.ts";
import { hashToken } from "../../src/server/records/token.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { MemoryLog } from "./memory-log.ts";
import { type Server, startServer, untilSeen } from "./server.ts";

const all = process.env["TBUILD_TEST_PUSHES"];
const pushes = Number(all ?? 60);
const rounds = Number(process.env["TBUILD_TEST_ROUNDS"] ?? 1);
const names = Array.from({ length: Math.max(6, Math.ceil(pushes / 20)) }, (_, at) => `r${at}`);
const each = Math.ceil(pushes / names.length);

const run = promisify(execFile);

const secret = "a secret of the test";

const ending: (() => void)[] = [];

afterEach(() => {
  for (const end of ending.splice(0)) end();
});

interface Repository {
  readonly name: string;
  readonly folder: string;
}

test(
  `of ${pushes} pushes over ${names.length} repositories in a burst none is lost, and the newest of each is built`,
  async () => {
    const repositories = names.map(repositoryOf);
    const folder = configured(repositories);
    const server = startServer(folder, { HOOK_SECRET: secret });
    const url = (await server.says(/listening on/)).replace(/^.*listening on /, "");
    await untilSeen(folder, repositories.length);
    const memory = new MemoryLog(server.pid, all !== undefined);
    ending.push(() => memory.close());
    const pushed: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      const commits = repositories.map(({ folder: place }) => commitsIn(place));
      await Promise.all(repositories.map((one, at) => pushAll(url, one, commits[at] ?? [])));
      memory.tell(`round ${round}, all ${pushes} pushed`);
      pushed.push(...commits.flat());
      for (const newest of newestOf(await allRuns(url))) await ended(server, newest);
      memory.tell(`round ${round}, all built`);
    }
    const runs = await allRuns(url);
    memory.tell(`${runs.length} runs, ${runs.filter(isBuilt).length} built`);

    expect(runs.map(({ commit }) => commit).sort()).toEqual(pushed.sort());
    const newest = newestOf(runs);
    expect(newest.map(({ state }) => state)).toEqual(names.map(() => "passed"));
    expect(newest.map(({ commit }) => commit).sort()).toEqual(
      repositories.map((one) => git(one.folder, "rev-parse", "main")).sort(),
    );
    expect(runs.filter((one) => !isBuilt(one) && !isReplaced(one, runs))).toEqual([]);
    server.signal("SIGTERM");
    expect(await server.ended).toBe(0);
  },
  120_000 + rounds * pushes * 2000,
);

function repositoryOf(name: string): Repository {
  const folder = temporaryFolder({ "targets.yaml": "targets: { all: { run: echo built } }\n" });
  commitAll(folder);
  return { name, folder };
}

/** Commits that nobody has pushed yet, the oldest first: `main` stays where it is. */
function commitsIn(folder: string): readonly string[] {
  const before = git(folder, "rev-parse", "main");
  const made = Array.from({ length: each }, () => commitAgain(folder));
  git(folder, "update-ref", "refs/heads/main", before);
  return made;
}

function configured(repositories: readonly Repository[]): string {
  const entries = repositories.map(
    ({ name, folder }) => `  ${name}:
    url: ${folder}
    targets: [all]
    notice: { poll: false, webhook: { kind: gitea, secret: { env: HOOK_SECRET } } }
`,
  );
  return temporaryFolder({
    "server.yaml": `listen: 127.0.0.1:0
limits: { queued: 10000 }
keep: { runs: 100000 }
tokens: [{ name: anna, hash: "${hashToken("token-of-anna")}", scopes: [read] }]
repositories:
${entries.join("")}`,
  });
}

async function pushAll(url: string, { name, folder }: Repository, commits: readonly string[]) {
  for (const commit of commits) {
    await run("git", ["update-ref", "refs/heads/main", commit], { cwd: folder });
    await deliver(`${url}/hooks/${name}`, commit);
  }
}

/** As a sender that comes again when it is told to. */
async function deliver(url: string, commit: string): Promise<void> {
  const body = JSON.stringify({ ref: "refs/heads/main", after: commit });
  const headers = {
    // Senders keep no connection to a server that they tell something now and then.
    connection: "close",
    "x-gitea-event": "push",
    "x-gitea-delivery": commit,
    "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex"),
  };
  const send = () => fetch(url, { method: "POST", headers, body });
  let response = await send();
  // One address may send so many a second: of sixty all come through.
  while (all !== undefined && response.status === 429) {
    await wait(Number(response.headers.get("retry-after")) * 1000);
    response = await send();
  }
  const answer = (await response.json()) as { status?: string };
  expect([response.status, answer.status]).toEqual([202, "accepted"]);
}

async function allRuns(url: string): Promise<readonly Run[]> {
  const found: Run[] = [];
  const headers = { authorization: "Bearer token-of-anna" };
  for (let before = ""; ; ) {
    const response = await fetch(`${url}/api/v1/runs?limit=200${before}`, { headers });
    const { runs, next } = (await response.json()) as { runs: Run[]; next?: string };
    found.push(...runs);
    if (next === undefined) return found;
    before = `&before=${next}`;
  }
}

/** @param runs the newest first */
const newestOf = (runs: readonly Run[]): readonly Run[] =>
  names.flatMap((name) => runs.find(({ repository }) => repository === name) ?? []);

const ended = (server: Server, { id }: Run): Promise<string> =>
  server.says(new RegExp(`${id} .*: (passed|failed|cancelled)`));

const isBuilt = ({ state }: Run): boolean => state === "passed";

const isReplaced = ({ state, replacedBy, repository, id }: Run, runs: readonly Run[]): boolean =>
  state === "replaced" &&
  runs.some((one) => one.id === replacedBy && one.repository === repository && one.id > id);
