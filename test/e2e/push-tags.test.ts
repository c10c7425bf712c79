/**
 * Tags of their own and names of git, pushed to a real registry and read back by another program.
 *
 * @newer-engine: registries are asked here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { onBase, tag, workspace } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

let registry: LocalRegistry;

beforeEach(async () => {
  registry = await startRegistry(temporaryFolder());
});
afterEach(() => registry.stop());

const short = (name: string): string => name.slice(name.indexOf("/") + 1).replace(/:.*/, "");

const repository = (): string =>
  workspace(
    `params: { version: { default: 5.1.0-1 } }
targets:
  web: { image: web, tags: [${tag("web")}] }
  agent: { image: agent, tags: ["${tag("agent").replace(/:1$/, "")}:\${git.branch}"] }
  push:
    push: [web, agent]
    registry: ${registry.host}/team
    tags: ["\${version}", "\${semver.major}.\${semver.minor}", "\${git.short}", "\${git.branch}", latest]
`,
    {
      ".gitignore": ".tbuild\nout\n",
      "web/Dockerfile": onBase("RUN echo web >/web"),
      "agent/Dockerfile": onBase("RUN echo agent >/agent"),
    },
  );

async function tagsIn(name: string): Promise<readonly string[]> {
  const address = `docker://${registry.host}/team/${short(tag(name))}`;
  const { stdout } = await execa("skopeo", ["list-tags", "--tls-verify=false", address]);
  return (JSON.parse(stdout).Tags as string[]).sort();
}

test("each image is pushed under version, numbers, commit and branch, and digests are written", async () => {
  const folder = repository();
  const commit = commitAll(folder).slice(0, 12);
  git(folder, "checkout", "--quiet", "-b", "feature/x");
  const first = await build(folder, ["push", "--digests", "out/d.txt"]);
  expect(first).toMatchObject({ exitCode: 0, ran: ["agent", "push", "web"] });
  const tags = [commit, "5.1", "5.1.0-1", "feature-x", "latest"].sort();
  expect(await tagsIn("web")).toEqual(tags);
  expect(await tagsIn("agent")).toEqual(tags);
  const lines = readFileSync(`${folder}/out/d.txt`, "utf8").trim().split("\n");
  expect(lines).toHaveLength(10);
  for (const line of lines.filter((each) => each.includes("latest"))) {
    const [reference = "", digest] = line.split("@");
    const inspect = ["inspect", "--tls-verify=false", `docker://${reference}`];
    expect(JSON.parse((await execa("skopeo", inspect)).stdout).Digest).toBe(digest);
  }
  const again = await build(folder, ["push", "--digests", "out/d.json"]);
  const note = again.events.flatMap((event) =>
    event.kind === "target-finished" ? event.note : [],
  );
  expect(note).toContain("10 tags were there already");
  const digests = JSON.parse(readFileSync(`${folder}/out/d.json`, "utf8"));
  expect(Object.entries(digests).map((entry) => entry.join("@"))).toEqual(lines);
});

test("another commit pushes another tag and makes no image again", async () => {
  const folder = repository();
  commitAll(folder);
  await build(folder, ["push"]);
  const commit = commitAgain(folder).slice(0, 12);
  expect((await build(folder, ["push"])).ran).toEqual(["push"]);
  expect(await tagsIn("web")).toContain(commit);
});

test("the plan of a run without changes holds for another commit where no target uses it", async () => {
  const folder = repository();
  commitAll(folder);
  await tbuild(folder, ["web"]);
  await tbuild(folder, ["web"]);
  commitAgain(folder);
  expect(await tbuild(folder, ["web"])).toMatchObject({
    exitCode: 0,
    stderr: "the target is fresh",
  });
});

test("a name without a value, and a tag that is none, are told at their place before anything runs", async () => {
  const folder = repository();
  commitAll(folder);
  git(folder, "checkout", "--quiet", "--detach");
  const detached = await tbuild(folder, ["push"]);
  expect(detached.exitCode).toBe(2);
  expect(detached.stderr).toContain(
    "`${git.branch}` has no value, and target `push` needs it: HEAD is at a commit and on no branch",
  );
  expect(detached.stderr).toContain("hint: check out a branch, or use a parameter in its place");
  git(folder, "checkout", "--quiet", "main");
  const wrong = await tbuild(folder, ["push", "--version", "next week"]);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain(
    "`${semver.major}` has no value, and target `push` needs it: `version` is `next week`, which is no semantic version",
  );
  const file = `${folder}/targets.yaml`;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(/tags: \["\$\{version\}.*/, 'tags: ["${version}"]'),
  );
  const spaced = await tbuild(folder, ["push", "--version", "next week"]);
  expect(spaced).toMatchObject({ exitCode: 2 });
  expect(spaced.stderr).toContain("targets.yaml:9:5: error: `next week` is no tag");
});
