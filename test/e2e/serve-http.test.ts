/**
 * The server over HTTP, by its own program: a webhook builds what was pushed, and the API tells, starts and follows.
 *
 * @one-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import { createHmac } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { hashToken } from "../../src/server/records/token.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { type Server, startServer, untilSeen } from "./server.ts";
import { tbuild } from "./tbuild.ts";

let host: LocalServer;
let repositories: string;

beforeAll(async () => {
  repositories = temporaryFolder();
  host = await startGitServer(repositories);
});
afterAll(() => host.stop());

const secret = "a secret of the test";
const targets = `targets:
  all: { needs: [greet] }
  greet: { run: 'echo "hello, world"; cat word', inputs: [word] }
`;

/** A repository whose pushes are told by a webhook only, and a folder with a configuration for it. */
function given(name: string): { repository: string; folder: string } {
  const repository = path.join(repositories, name);
  writeFiles(repositories, { [`${name}/targets.yaml`]: targets, [`${name}/word`]: "first\n" });
  commitAll(repository);
  const folder = temporaryFolder({
    "server.yaml": `listen: 127.0.0.1:0
tokens:
  - { name: anna, hash: "${hashToken("token-of-anna")}", scopes: [run] }
repositories:
  ${name}:
    url: ${host.url}/${name}/.git
    targets: [all]
    notice: { poll: false, webhook: { kind: gitea, secret: { env: HOOK_SECRET } } }
`,
  });
  return { repository, folder };
}

function push(repository: string, files: { readonly word: string }): string {
  writeFiles(repository, files);
  git(repository, "commit", "--quiet", "--all", "--message=more");
  return git(repository, "rev-parse", "HEAD");
}

async function addressOf(server: Server): Promise<string> {
  return (await server.says(/listening on/)).replace(/^.*listening on /, "");
}

const start = (folder: string) => startServer(folder, { HOOK_SECRET: secret });

const anna = { authorization: "Bearer token-of-anna" };

// biome-ignore lint/suspicious/noExplicitAny: tests compare it
const read = async (url: string): Promise<any> => (await fetch(url, { headers: anna })).json();

async function deliver(url: string, commit: string, key = secret): Promise<string> {
  const body = JSON.stringify({ ref: "refs/heads/main", after: commit });
  const headers = {
    "x-gitea-event": "push",
    "x-gitea-delivery": commit,
    "x-gitea-signature": createHmac("sha256", key).update(body).digest("hex"),
  };
  const response = await fetch(url, { method: "POST", headers, body });
  const { status } = (await response.json()) as { status?: string };
  return `${response.status} ${status}`;
}

/** Reads a live stream until an event fits. */
async function untilEvent({ body }: Response, fits: RegExp): Promise<void> {
  let text = "";
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    if (fits.test(text)) return;
  }
  throw new Error(`the stream ended without ${fits}: ${text}`);
}

test("a push told by a webhook is built; the API lists it, streams it, and sends its log in parts", async () => {
  const { repository, folder } = given("shop");
  const server = start(folder);
  const url = await addressOf(server);
  await untilSeen(folder);
  const commit = push(repository, { word: "second\n" });
  const live = await fetch(`${url}/api/v1/events`, { headers: anna });
  expect(await deliver(`${url}/hooks/shop`, commit, "a guess")).toBe("401 undefined");
  expect(await deliver(`${url}/hooks/shop`, commit)).toBe("202 accepted");
  await untilEvent(live, /"state":"passed"/);
  const { runs } = await read(`${url}/api/v1/runs`);
  expect(runs).toMatchObject([
    { commit, state: "passed", cause: { kind: "push", noticed: "webhook", delivery: commit } },
  ]);
  const place = `${url}/api/v1/runs/${runs[0].id}`;
  expect((await read(`${place}/targets`)).targets).toMatchObject([
    { name: "greet", state: "built" },
  ]);
  const part = await fetch(`${place}/targets/greet/log`, {
    headers: { ...anna, range: "bytes=-7" },
  });
  expect([part.status, await part.text()]).toEqual([206, "second\n"]);

  server.signal("SIGTERM");
  expect(await server.ended).toBe(0);
  const again = start(folder);
  const moved = await addressOf(again);
  // What was delivered before the restart is known after it.
  expect(await deliver(`${moved}/hooks/shop`, commit)).toBe("200 ignored");
  expect((await read(`${moved}/api/v1/runs`)).runs).toHaveLength(1);
  again.signal("SIGTERM");
  await again.ended;
});

test("one target of a chosen commit is started without a push, and the audit log tells who did", async () => {
  const { repository, folder } = given("tools");
  const server = start(folder);
  const url = await addressOf(server);
  const commit = push(repository, { word: "chosen\n" });
  push(repository, { word: "newer\n" });
  const response = await fetch(`${url}/api/v1/runs`, {
    method: "POST",
    headers: { ...anna, "content-type": "application/json" },
    body: JSON.stringify({ repository: "tools", commit, targets: ["greet"] }),
  });
  const run = (await response.json()) as { id: string };
  expect([response.status, run]).toMatchObject([201, { commit, targets: ["greet"] }]);
  await server.says(/tools main: passed/);
  const log = await fetch(`${url}/api/v1/runs/${run.id}/targets/greet/log`, { headers: anna });
  expect(await log.text()).toContain("chosen\n");
  const audit = path.join(folder, "data/audit.ndjson");
  expect(JSON.parse(readFileSync(audit, "utf8"))).toMatchObject({
    who: "anna",
    method: "POST",
    path: "/api/v1/runs",
    status: 201,
    result: `run ${run.id}`,
  });
  expect(readFileSync(audit, "utf8")).not.toContain("token-of-anna");
  expect(statSync(audit).mode & 0o777).toBe(0o600);
  server.signal("SIGTERM");
  await server.ended;
});

test("an address that is taken is told, with the code of the surroundings", async () => {
  const { folder } = given("twice");
  const first = start(folder);
  const { port } = new URL(await addressOf(first));
  const other = temporaryFolder({
    "server.yaml": `listen: 127.0.0.1:${port}\nrepositories: {}\n`,
  });
  expect(await tbuild(other, ["serve"])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(
      `error: cannot listen on \`127.0.0.1:${port}\`: another program listens there\nhint: give another address as \`listen\``,
    ),
  });
  first.signal("SIGTERM");
  await first.ended;
});
