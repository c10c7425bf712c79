/**
 * The image of tbuild itself: made by its own target, started as docs/server/compose.yaml says, it builds a push with
 * the engine of the machine, answers from outside, and goes on after a stop.
 *
 * @one-engine: folders of this machine are mounted, and the newer engine has a root file system of its own.
 */
import { spawn } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import path from "node:path";
import { hashToken, makeToken } from "../../src/server/records/token.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { readService, type ServiceWords } from "./compose-service.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { listenTo, runOf, type Server } from "./server.ts";
import { fileInImage, onBase, project, run, tag } from "./small-workspace.ts";
import { checkout, docker, tbuild } from "./tbuild.ts";

const name = `tbuild-test-${run}-server`;
const volume = `${name}-data`;
const repositories = temporaryFolder();
const token = makeToken();
const socket = (process.env["DOCKER_HOST"] ?? "").replace(/^unix:\/\//, "");
let host: LocalServer;
let service: ServiceWords;

// Debian's packages for the image, where this checkout did not make it yet.
beforeAll(async () => {
  const made = await tbuild(checkout, ["tbuild-image", "--os", "trixie"]);
  expect(made).toMatchObject({ exitCode: 0 });
  const gateway = "{{(index .IPAM.Config 0).Gateway}}";
  host = await startGitServer(repositories, {
    host: await docker("network", "inspect", "bridge", "--format", gateway),
  });
}, 400_000);

afterAll(async () => {
  await docker("rm", "--force", name).catch(() => undefined);
  await docker("volume", "rm", "--force", volume);
  await host.stop();
});

const targets = `name: ${project}
targets:
  web: { image: web, tags: [${tag("contained")}] }
  # A program that the image has.
  version: { run: git --version }
  all: { run: "test -e /var/lib/tbuild/open || exec sleep 600", inputs: [web/**], after: [web, version] }
  push: { needs: [web, version, all] }
`;

function push(repository: string, words: string): string {
  writeFiles(repository, { "web/words": words });
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message=more");
  return git(repository, "rev-parse", "HEAD");
}

/** The container, as it says what happens from now on. */
function follow(): Server {
  const child = spawn("docker", ["logs", "--follow", "--tail", "50", name], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return listenTo(child, child.stderr);
}

async function ask(place: string): Promise<Response> {
  const [address] = (await docker("port", name, String(service.port))).split("\n");
  return fetch(`http://${address}${place}`, { headers: { authorization: `Bearer ${token}` } });
}

const inspect = (container: string, format: string) =>
  docker("inspect", "--format", format, container);

test("the image that compose starts builds a push, shows it, stops in order, and resumes what it was at", async () => {
  const repository = path.join(repositories, "app");
  writeFiles(repository, {
    "targets.yaml": targets,
    "web/Dockerfile": onBase("COPY words /words"),
    "web/words": "one\n",
  });
  commitAll(repository);
  const etc = temporaryFolder({
    "server.yaml": `listen: 0.0.0.0:8095
data: /var/lib/tbuild/data
limits: { stop: 1 s }
tokens: [{ name: anna, hash: "${hashToken(token)}", scopes: [run] }]
repositories:
  app: { url: ${host.url}/app/.git, targets: [push], notice: { poll: 1 s }, build-at-start: true }
`,
  });
  chmodSync(etc, 0o777);
  const group = statSync(socket).gid;
  service = readService({ socket, group, etc, data: volume });
  const { image, words, grace } = service;

  await docker("run", "--detach", "--name", name, ...words, image);
  // The folder of the container is a volume: what is laid there lets the last target end.
  await docker("exec", name, "touch", "/var/lib/tbuild/open");
  const first = follow();
  const id = runOf(await first.says(/app main: (passed|failed)/));
  expect(await (await ask(`/api/v1/runs/${id}`)).json()).toMatchObject({
    ...{ state: "passed", commit: git(repository, "rev-parse", "HEAD") },
    counts: { built: 3, failed: 0 },
  });
  expect(await fileInImage(tag("contained"), "/words")).toBe("one");
  expect(await (await ask(`/api/v1/runs/${id}/targets/version/log`)).text()).toMatch(
    /^git version/,
  );
  expect(await (await ask("/")).text()).toContain("<title>tbuild</title>");
  const check = JSON.parse(await inspect(name, "{{json .Config.Healthcheck.Test}}")) as string[];
  await docker("exec", name, ...check.slice(1));
  expect(await docker("exec", name, "id", "--user")).toBe("8095");

  await docker("exec", name, "rm", "/var/lib/tbuild/open");
  const commit = push(repository, "two\n");
  const second = runOf(await first.says(new RegExp(`^(?!.*${id}).*app main: running`)));
  await untilRunning(second, "all");
  await docker("stop", "--time", String(grace), name);
  expect(await inspect(name, "{{.State.ExitCode}} {{.State.OOMKilled}}")).toBe("0 false");

  await docker("cp", path.join(etc, "server.yaml"), `${name}:/var/lib/tbuild/open`);
  await docker("start", name);
  const again = follow();
  await again.says(/resuming 1 run/);
  await again.says(new RegExp(`${second} app main: passed`));
  expect(await (await ask(`/api/v1/runs/${second}`)).json()).toMatchObject({
    ...{ state: "passed", commit, attempts: 2 },
  });
  expect(await fileInImage(tag("contained"), "/words")).toBe("two");
});

/** Until a target of a run is at work. */
async function untilRunning(id: string, target: string): Promise<void> {
  for (;;) {
    const { targets: all } = (await (await ask(`/api/v1/runs/${id}/targets`)).json()) as {
      targets: readonly { name: string; state: string }[];
    };
    if (all.some(({ name: each, state }) => each === target && state === "running")) return;
  }
}
