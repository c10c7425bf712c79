/**
 * A repository whose target file names another one by `git`: a push there builds this one again.
 *
 * @one-engine: a run is a tbuild of its own, which other suites prove on each.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { readLog, readRun, runOf, startServer } from "./server.ts";
import { tbuild } from "./tbuild.ts";

let host: LocalServer;
let repositories: string;

beforeAll(async () => {
  repositories = temporaryFolder();
  host = await startGitServer(repositories);
});
afterAll(() => host.stop());

function push(repository: string, content: string): string {
  writeFiles(repository, { words: content });
  git(repository, "commit", "--quiet", "--all", "--message=more");
  return git(repository, "rev-parse", "HEAD");
}

async function untilHeads(folder: string, count: number): Promise<void> {
  const heads = () => readFileSync(path.join(folder, "data/cursors.json"), "utf8").split('"heads"');
  for (;;) {
    try {
      if (heads().length > count) return;
    } catch {
      // Not written yet.
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a push to a source starts who follows it, with what its branch stands for now; a push of its own does not go back", async () => {
  const source = path.join(repositories, "source");
  writeFiles(source, { words: "one\n" });
  commitAll(source);
  const fleet = path.join(repositories, "fleet");
  writeFiles(fleet, {
    "targets.yaml": `params: { from: {} }
targets:
  source: { git: "\${from}", ref: main, to: checkout }
  all: { run: [cat, checkout/words], inputs: [{ target: source }] }
`,
  });
  const from = `${host.url}/source/.git`;
  expect(await tbuild(fleet, ["all", "--from", from])).toMatchObject({ exitCode: 0 });
  const locked = readFileSync(path.join(fleet, "targets.lock"), "utf8");
  writeFiles(fleet, { ".gitignore": ".tbuild\ncheckout\n" });
  commitAll(fleet);
  const folder = temporaryFolder({
    "server.yaml": `listen: 127.0.0.1:0
repositories:
  source: { url: "${from}", targets: [], notice: { poll: 1 s } }
  fleet:
    url: ${host.url}/fleet/.git
    targets: [all]
    params: { from: "${from}" }
    follows: [source]
    notice: { poll: 1 s }
`,
  });
  const server = startServer(folder);
  await untilHeads(folder, 2);

  const commit = push(source, "two\n");
  const id = runOf(await server.says(/fleet main: (passed|failed)/));
  expect(readRun(folder, id)).toMatchObject({
    ...{ state: "passed", commit: git(fleet, "rev-parse", "HEAD") },
    cause: { kind: "follow", of: "source", commit },
  });
  expect(readLog(folder, id, "targets/all.log")).toBe("two\n");
  expect(readLog(folder, id, "output.log")).toMatch(/^moved {2}git .* -> /m);

  const next = commitAgain(fleet);
  await server.says(new RegExp(`^(?!.*${id}).*fleet main: (passed|failed)`));
  const work = path.join(folder, "data/work/fleet/main/fleet");
  expect(git(work, "rev-parse", "HEAD")).toBe(next);
  expect(git(work, "show", "HEAD:targets.lock")).toBe(locked.trim());
  expect(readFileSync(path.join(work, "targets.lock"), "utf8")).toContain(commit);
  server.signal("SIGTERM");
  expect(await server.ended).toBe(0);
}, 60_000);
