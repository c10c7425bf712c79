/**
 * Checkouts: what a name stands for, from a real server, and what is said when it stands for nothing.
 *
 * @newer-engine: no engine is asked.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { workspace } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

let server: LocalServer;
let repositories: string;
const commits: string[] = [];

const settings = ["user.name=t", "user.email=t@example.org", "protocol.file.allow=always"];
const git = async (folder: string, ...args: string[]): Promise<string> => {
  const options = settings.flatMap((setting) => ["-c", setting]);
  return (await execa("git", ["-C", folder, ...options, ...args])).stdout;
};

/** Commits a text as the file `text`. */
async function commit(repository: string, text: string): Promise<void> {
  const folder = path.join(repositories, repository);
  writeFiles(folder, { text });
  await git(folder, "add", "--all");
  await git(folder, "commit", "--quiet", "--message", text);
  commits.push(await git(folder, "rev-parse", "HEAD"));
}

beforeAll(async () => {
  repositories = temporaryFolder({ "main/": "", "part/": "" });
  server = await startGitServer(repositories);
  for (const name of ["part", "main"]) {
    await git(path.join(repositories, name), "init", "--quiet", "--initial-branch=master");
    await commit(name, `${name} 1`);
  }
  const main = path.join(repositories, "main");
  await git(main, "tag", "--annotate", "--message=x", "v1");
  await git(main, "submodule", "--quiet", "add", `${server.url}/part/.git`, "part");
  await commit("main", "main 2");
  await git(main, "checkout", "--quiet", "-b", "side");
  await commit("main", "side 1");
  await git(main, "checkout", "--quiet", "master");
});
afterAll(() => server.stop());

const targets = `
params:
  ref: {}
  url: { default: http://localhost/ }
targets:
  source: { git: "\${url}", ref: "\${ref}", to: out/source }
  whole: { git: "\${url}", submodules: true, to: out/whole }
  needs: { needs: [source], run: "true" }
  either: { first-of: [{ git: "\${url}", ref: v1 }, { use: given }] }`;
const textIn = (folder: string, name = "source/text"): string =>
  readFileSync(path.join(folder, "out", name), "utf8");
const from = (name = "main"): string[] => ["--url", `${server.url}/${name}/.git`];

test("a branch, a tag and a commit are checked out, without history", async () => {
  const folder = workspace(targets);
  const refs = { side: "side 1", v1: "main 1", master: "main 2" };
  const first = commits[1] as string;
  const named = [...Object.entries(refs), [first, "main 1"], [first.slice(0, 10), "main 1"]];
  for (const [ref, text] of named as [string, string][]) {
    const { exitCode } = await build(folder, ["source", "--ref", ref, ...from()]);

    expect({ ref, exitCode, text: textIn(folder) }).toEqual({ ref, exitCode: 0, text });
    expect(existsSync(path.join(folder, "out/source/.git"))).toBe(false);
  }
});

test("submodules are checked out where that is asked for; without a ref it is the remote's HEAD", async () => {
  const folder = workspace(targets);

  const { exitCode } = await build(folder, ["whole", ...from()]);

  expect(exitCode).toBe(0);
  expect(textIn(folder, "whole/text")).toBe("main 2");
  expect(textIn(folder, "whole/part/text")).toBe("part 1");
});

test("a path of this machine is a repository as well", async () => {
  const folder = workspace(targets);
  const url = path.join(repositories, "main");

  const { exitCode } = await build(folder, ["source", "--ref", "v1", "--url", url]);

  expect(exitCode).toBe(0);
  expect(textIn(folder)).toBe("main 1");
});

test("later runs keep the commit of a branch until the lock is moved; edits of the checkout are put right", async () => {
  const folder = workspace(targets);
  const args = ["source", "--ref", "side", ...from()];
  await build(folder, args);
  await git(path.join(repositories, "main"), "checkout", "--quiet", "side");
  await commit("main", "side 2");
  await git(path.join(repositories, "main"), "checkout", "--quiet", "master");

  expect((await build(folder, args)).ran).toEqual([]);
  expect((await build(folder, [...args, "--force"])).ran).toEqual(["source"]);
  expect(textIn(folder)).toBe("side 1");
  expect((await tbuild(folder, ["update", ...args])).exitCode).toBe(0);
  expect((await build(folder, args)).ran).toEqual(["source"]);
  expect(textIn(folder)).toBe("side 2");
  rmSync(path.join(folder, "out/source/text"));
  expect((await build(folder, args)).ran).toEqual(["source"]);
  expect(textIn(folder)).toBe("side 2");
});

test("a name that is none fails, and a near one is told", async () => {
  const folder = workspace(targets);

  const { exitCode, stderr } = await tbuild(folder, ["source", "--ref", "sid", ...from()]);

  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("has no commit, tag or branch `sid`");
  expect(stderr).toContain("hint: did you mean `side`?");
  expect(existsSync(path.join(folder, "out/source"))).toBe(false);
});

test("a repository that is not there is passed over, visibly; by --no-fallback it is exit code 3", async () => {
  const folder = workspace(targets, { "given/text": "given" });
  const args = ["either", ...from("nothing")];

  const passed = await tbuild(folder, args);
  const alone = await tbuild(folder, ["source", "--ref", "v1", ...from("nothing")]);
  const needed = await build(folder, ["needs", "--ref", "v1", ...from("nothing")]);
  const refused = await tbuild(folder, [...args, "--force", "--no-fallback"]);

  expect(passed.exitCode).toBe(0);
  expect(passed.stderr).toContain("the repository was not found");
  expect(alone.exitCode).toBe(3);
  expect(needed).toMatchObject({ exitCode: 3, ran: ["source"] });
  expect(needed.finished).toMatchObject({ failed: 1, skipped: 1 });
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain("the repository was not found");
});
