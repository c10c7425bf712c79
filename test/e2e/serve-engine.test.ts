/**
 * A push to a small Node project becomes an image with a version in the registry, and once only.
 *
 * @newer-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { startGitServer } from "./git-server.ts";
import { untilProcesses } from "./running.ts";
import { readLog, readRun, runOf, startServer } from "./server.ts";
import { forever, onBase, project, run, tag } from "./small-workspace.ts";
import { registry } from "./tbuild.ts";

const repositories = temporaryFolder();
let host: Awaited<ReturnType<typeof startGitServer>>;
beforeAll(async () => {
  host = await startGitServer(repositories);
});
afterAll(() => host.stop());

const gate = path.join(repositories, "gate");
const sleep = forever("push");

const files = {
  "targets.yaml": `name: ${project}
params: { to: {} }
targets:
  install:
    run: npm install --offline --install-links --no-audit --no-fund
    inputs: [package.json, greeting/**]
    outputs: [node_modules/]
  web: { image: web, include: { app: install }, tags: [${tag("node")}] }
  test: { run: "grep -q hello /app/greeting/index.js", in: web }
  wait: { run: "test ! -e ${gate} || exec ${sleep}", inputs: [greeting/**] }
  push: { push: web, registry: "\${to}", tags: ["\${git.version}"], needs: [test], after: [wait] }
`,
  "package.json": '{ "name": "app", "dependencies": { "greeting": "file:greeting" } }\n',
  "greeting/package.json": '{ "name": "greeting", "version": "1.0.0" }\n',
  "greeting/index.js": 'module.exports = "hello";\n',
  "web/Dockerfile": onBase("COPY app /app"),
};

/** The manifest that a name of the registry stands for. */
async function digestOf(name: string, version: string): Promise<string | null> {
  const answer = await fetch(`http://${registry()}/v2/${name}/manifests/${version}`, {
    method: "HEAD",
    headers: {
      accept:
        "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json",
    },
  });
  return answer.status === 200 ? answer.headers.get("docker-content-digest") : null;
}

test("push, install, build, test, tag and push: killed in the middle too, the registry gets one image", async () => {
  const repository = path.join(repositories, "app");
  writeFiles(repository, files);
  commitAll(repository);
  git(repository, "tag", "v1.2.3");
  const place = `serve-${run}`;
  const folder = temporaryFolder({
    "server.yaml": `repositories:
  app:
    url: ${host.url}/app/.git
    targets: [push]
    params: { to: ${registry()}/${place} }
    notice: { poll: 1 s }
    build-at-start: true
`,
  });
  const image = `${place}/${run}-node`;
  const server = startServer(folder);
  const first = readRun(folder, runOf(await server.says(/app main: (passed|failed)/)));

  expect(first).toMatchObject({ state: "passed", counts: { failed: 0, skipped: 0 } });
  expect(first.pushed).toEqual([
    { reference: `${registry()}/${image}:1.2.3`, digest: await digestOf(image, "1.2.3") },
  ]);
  expect(readLog(folder, first.id, "output.log")).toContain("built");

  writeFiles(repositories, { gate: "" });
  writeFiles(repository, { "greeting/index.js": 'module.exports = "hello you";\n' });
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message=more");
  const short = git(repository, "rev-parse", "HEAD").slice(0, 12);
  await server.says(/app main: running/);
  await untilProcesses(sleep, 1, 40_000);
  server.signal("SIGKILL");
  await server.ended;

  rmSync(gate);

  const again = startServer(folder);
  const second = readRun(folder, runOf(await again.says(/app main: (passed|failed)/)));
  expect(second).toMatchObject({ state: "passed", attempts: 2 });
  const version = `1.2.4-1.g${short}`;
  const digest = await digestOf(image, version);
  expect(second.pushed).toEqual([{ reference: `${registry()}/${image}:${version}`, digest }]);
  expect(digest).not.toBe(first.pushed?.[0]?.digest);
  await untilProcesses(sleep, 0);
});
