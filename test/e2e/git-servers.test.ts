/**
 * Checkouts from servers that want a login, keep files in Git LFS, know little or go away, and after a tbuild
 * that was killed while it fetched. @newer-engine: no engine is asked.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { type LocalServer, type ServerOptions, startGitServer } from "./git-server.ts";
import { refusal, refused } from "./message.ts";
import { start } from "./running.ts";
import { build, tbuild } from "./tbuild.ts";

const servers: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** A server with one repository for each set of files. */
async function served(
  repositories: Readonly<Record<string, Readonly<Record<string, string>>>>,
  options: ServerOptions = {},
): Promise<LocalServer & { readonly folder: string }> {
  const folder = temporaryFolder();
  for (const [name, files] of Object.entries(repositories)) {
    writeFiles(path.join(folder, name), files);
    commitAll(path.join(folder, name));
  }
  const server = await startGitServer(folder, options);
  servers.push(server);
  return { ...server, folder };
}

/** A workspace with a target `api` from there, whoever runs the tests. */
function workspace(url: string, more = ""): string {
  return temporaryFolder({
    "targets.yaml": `name: play\ntargets:\n  api: { git: "${url}", to: out/api${more} }\n`,
  });
}

/** A home of nobody's. */
const home = (files: Readonly<Record<string, string>> = {}) => ({
  HOME: temporaryFolder(files),
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_GLOBAL: undefined,
  XDG_CONFIG_HOME: undefined,
  SSH_AUTH_SOCK: undefined,
  GIT_ASKPASS: undefined,
});

const hostOf = (url: string): string => url.replace("http://", "");

test("a private repository: who has no login is told what was tried", async () => {
  const server = await served({ api: { a: "1" } }, { login: "me:secret" });
  const folder = workspace(`${server.url}/api/.git`);
  expect(await refusal(folder, ["api"], { env: home() })).toEqual(
    refused(
      3,
      `
api: started, never made
api: failed after N s: the repository denies access: \`${server.url}/api/.git\` (1/1)

error: target \`api\` failed: the repository denies access: \`${server.url}/api/.git\`
  fatal: could not read Username for '${server.url}': terminal prompts disabled
hint: tried no login; give git a login for \`${hostOf(server.url)}\` by a credential helper
log: .tbuild/logs/api.log
again: tbuild api

failed 1 in N s
`,
    ),
  );
});

test("a private repository: a wrong login of a helper is told without showing it", async () => {
  const server = await served({ api: { a: "1" } }, { login: "me:secret" });
  const env = home({ ".gitconfig": "[credential]\n\thelper = store\n" });
  writeFiles(env.HOME, { ".git-credentials": `http://me:guess@${hostOf(server.url)}\n` });
  const folder = workspace(`${server.url}/api/.git`);
  const { exitCode, stderr } = await tbuild(folder, ["api"], { env });
  expect(exitCode).toBe(3);
  expect(stderr).toContain(
    `hint: tried no login and credential helper \`store\`; give git a login for \`${hostOf(server.url)}\` by a credential helper`,
  );
  expect(stderr).not.toContain("guess");
});

test("a private repository: a helper's login is used, also for its submodules", async () => {
  const server = await served({ part: { p: "1" }, api: { a: "1" } }, { login: "me:secret" });
  const api = path.join(server.folder, "api");
  const part = git(path.join(server.folder, "part"), "rev-parse", "HEAD");
  writeFiles(api, { ".gitmodules": '[submodule "p"]\n\tpath = in/p\n\turl = ../../part/.git\n' });
  git(api, "add", "--all");
  git(api, "update-index", "--add", "--cacheinfo", `160000,${part},in/p`);
  git(api, "commit", "--quiet", "--message=submodule");
  const env = home({ ".gitconfig": "[credential]\n\thelper = store\n" });
  writeFiles(env.HOME, { ".git-credentials": `http://me:secret@${hostOf(server.url)}\n` });
  const folder = workspace(`${server.url}/api/.git`, ", submodules: true");
  expect((await tbuild(folder, ["api"], { env })).exitCode).toBe(0);
  expect(readFileSync(path.join(folder, "out/api/in/p/p"), "utf8")).toBe("1");
});

test("a login in the URL is in no output, no log and no state", async () => {
  const server = await served({ api: { a: "1" } }, { login: "me:secret" });
  const folder = workspace(`${server.url.replace("//", "//me:secret@")}/api/.git`);
  const built = await build(folder, ["api"], { env: home() });
  expect(built.exitCode).toBe(0);
  expect(built.stdout + built.stderr).not.toContain("secret");
  const kept = readdirSync(path.join(folder, ".tbuild"), { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, ".tbuild", name))
    .filter((file) => lstatSync(file).isFile());
  expect(kept.filter((file) => readFileSync(file, "latin1").includes("secret"))).toEqual([]);
});

const model = Buffer.from("large ".repeat(5000));
const oid = createHash("sha256").update(model).digest("hex");
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${model.length}\n`;
const withLargeFile = {
  api: {
    ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "m o/del.bin": pointer,
    "pointer.txt": pointer,
  },
};

test("files of Git LFS stand in the place of their pointers, and are fetched once", async () => {
  const server = await served(withLargeFile, { large: new Map([[oid, model]]) });
  const folder = workspace(`${server.url}/api/.git`);
  const first = await tbuild(folder, ["api"], { env: home() });
  expect(first).toMatchObject({ exitCode: 0 });
  expect(readFileSync(path.join(folder, "out/api/m o/del.bin")).equals(model)).toBe(true);
  expect(readFileSync(path.join(folder, "out/api/pointer.txt"), "utf8")).toBe(pointer);
  server.asked.length = 0;
  const again = await tbuild(folder, ["api", "--force"], { env: home() });
  expect(again).toMatchObject({ exitCode: 0 });
  expect(server.asked.filter((request) => request.includes("lfs"))).toEqual([]);
});

test("files of Git LFS without its program, or that its server lacks, are told", async () => {
  const server = await served(withLargeFile);
  const folder = workspace(`${server.url}/api/.git`);
  const programs = temporaryFolder();
  const gitProgram = (process.env["PATH"] ?? "").split(":").map((at) => path.join(at, "git"));
  symlinkSync(gitProgram.find((file) => existsSync(file)) as string, path.join(programs, "git"));
  const without = await tbuild(folder, ["api"], { env: { ...home(), PATH: programs } });
  expect(without.exitCode).toBe(3);
  expect(without.stderr).toContain(
    `error: target \`api\` failed: program \`git-lfs\` was not found, and \`${server.url}/api/.git\` needs it for 1 file, such as \`m o/del.bin\`\nhint: install git-lfs`,
  );
  const lacking = await tbuild(folder, ["api"], { env: home() });
  expect(lacking.exitCode).toBe(1);
  expect(lacking.stderr).toContain(
    `error: target \`api\` failed: Git LFS of \`${server.url}/api/.git\` does not have the file \`m o/del.bin\`\nhint: run \`git lfs push --all\` in a clone that has it\n`,
  );
});

test("a tbuild killed while it fetches leaves nothing broken, and nothing running", async () => {
  const server = await served({ api: { a: "1" } });
  const folder = workspace(`${server.url}/api/.git`);
  const held = server.holdFetch();
  const running = start(folder, ["api"], { env: home() });
  await held;
  running.signal("SIGKILL");
  await running.ended;
  const again = await build(folder, ["api"], { env: home() });
  expect(again).toMatchObject({ exitCode: 0, ran: ["api"] });
  expect(again.events.filter(({ kind }) => kind === "warning")).toEqual([]);
  expect(readFileSync(path.join(folder, "out/api/a"), "utf8")).toBe("1");
});

test("a fetch that is interrupted ends at once", async () => {
  const server = await served({ api: { a: "1" } });
  const held = server.holdFetch();
  const running = start(workspace(`${server.url}/api/.git`), ["api"], { env: home() });
  await held;
  running.signal("SIGINT");
  expect((await running.ended).exitCode).toBe(130);
});

test("a commit that is in the clone needs no server, and neither does a branch that is locked", async () => {
  const server = await served({ api: { a: "1" } });
  const commit = git(path.join(server.folder, "api"), "rev-parse", "HEAD");
  const url = `${server.url}/api/.git`;
  const folder = temporaryFolder({
    "targets.yaml": `
name: play
targets:
  one: { git: "${url}", ref: ${commit} }
  two: { git: "${url}", ref: main }
`,
  });
  await tbuild(folder, ["one", "two"], { env: home() });
  server.asked.length = 0;
  expect((await tbuild(folder, ["one", "two", "--force"], { env: home() })).exitCode).toBe(0);
  expect(server.asked).toEqual([]);
});

test("clones are state: `tbuild state` tells their size, `clean` removes them, and nothing is stale after it", async () => {
  const server = await served({ api: { a: "1" } });
  const folder = temporaryFolder({
    "targets.yaml": `
name: play
targets:
  api: { git: "${server.url}/api/.git", to: out/api }
  clean: { clean: project, only: [state] }
`,
  });
  await tbuild(folder, ["api"], { env: home() });
  expect((await tbuild(folder, ["state"])).stdout).toMatch(/^clones +[\d.]+ kB of 10 GB /m);
  expect((await tbuild(folder, ["clean"])).exitCode).toBe(0);
  expect(existsSync(path.join(folder, ".tbuild/clones"))).toBe(false);
  expect((await build(folder, ["api"], { env: home() })).ran).toEqual([]);
});

test("a server of plain files, which knows no single commits, gives all of the history", async () => {
  const folder = temporaryFolder({ a: "1" });
  commitAll(folder);
  git(folder, "update-server-info");
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(folder, decodeURIComponent(pathname));
    if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) response.writeHead(404).end();
    else response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({ stop: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.git`;
  const work = workspace(url);
  expect((await tbuild(work, ["api"], { env: home() })).exitCode).toBe(0);
  expect(readFileSync(path.join(work, "out/api/a"), "utf8")).toBe("1");
  expect(readFileSync(path.join(work, ".tbuild/logs/api.log"), "utf8")).toContain(
    "the server gives no single commits: all of the history is fetched",
  );
});

test("names, modes and links come as they are, over HTTP as over a path", async () => {
  const server = await served({
    api: { ".gitignore": "*.o\n", "with space/ü": "1", run: "#!/bin/sh\n" },
  });
  const api = path.join(server.folder, "api");
  chmodSync(path.join(api, "run"), 0o755);
  symlinkSync("with space/ü", path.join(api, "link"));
  writeFiles(api, { "x.o": "1" });
  git(api, "add", "--all");
  git(api, "commit", "--quiet", "--message=more");
  const urls = [`${server.url}/api/.git`, api];
  const found = await Promise.all(
    urls.map(async (url) => {
      const folder = workspace(url);
      expect((await tbuild(folder, ["api"], { env: home() })).exitCode).toBe(0);
      const out = path.join(folder, "out/api");
      return {
        names: readdirSync(out, { recursive: true, encoding: "utf8" }).sort(),
        mode: lstatSync(path.join(out, "run")).mode & 0o777,
        link: readlinkSync(path.join(out, "link")),
      };
    }),
  );
  expect(found[0]).toEqual(found[1]);
  expect(found[0]).toEqual({
    names: [".gitignore", "link", "run", "with space", "with space/ü"],
    mode: 0o777 & ~process.umask(),
    link: "with space/ü",
  });
});
