/**
 * The example of many repositories, as one story told in order: a pipeline from commits to `latest`, base images
 * that go by VERSION, scans, tags in git, and the inventory.
 *
 * @newer-engine: the example is proved, not the engine.
 */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { startEngineProxy } from "./engine-proxy.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { run } from "./small-workspace.ts";
import { type Built, build, checkout, docker, tbuild } from "./tbuild.ts";

/** As the document on the strategies lists them. */
const named = {
  automatic: [
    ...["api", "search-api", "antivirus-api", "user-frontend", "briefs-frontend"],
    ...["brief-responses-frontend", "buyer-frontend", "supplier-frontend", "admin-frontend"],
    ...["router", "scripts"],
  ],
  make: ["base", "base-api", "base-frontend"],
  manual: ["db-backup"],
};
const apps = named.automatic;
const frontends = apps.filter((app) => app.endsWith("-frontend"));

const organisation = `tbuild-test-${run}`;
/** Stands for Debian: each push takes its image out of the engine with all that it is built on. */
const debian = `${organisation}/debian:12`;
let folder: string;
let repositories: string;
let gitServer: LocalServer;
let registry: LocalRegistry;
let proxy: FaultProxy;
let environment: Record<string, string>;
/** Requests to the registry since they were last forgotten. */
const asked: string[] = [];

/** FROM which each is built, in its own repository. */
function baseOf(app: string): string {
  if (app === "router") return debian;
  if (app === "scripts") return `${organisation}/base`;
  return `${organisation}/base-${app.endsWith("-api") || app === "api" ? "api" : "frontend"}`;
}

const repositoryOf = (app: string): string =>
  path.join(repositories, `digitalmarketplace-${app}.git`);

beforeAll(async () => {
  folder = temporaryFolder();
  cpSync(path.join(checkout, "examples/digitalmarketplace"), folder, { recursive: true });
  repositories = temporaryFolder();
  for (const app of apps) {
    const dockerfile = `FROM ${baseOf(app)}\nARG release_name\nLABEL release=$release_name\nCOPY name /name\n`;
    writeFiles(repositoryOf(app), { Dockerfile: dockerfile, name: app });
    commitAll(repositoryOf(app));
    git(repositoryOf(app), "config", "http.receivepack", "true");
  }
  const { stdout: tar } = await execa("tar", ["-c", "etc"], {
    cwd: temporaryFolder({ "etc/debian_version": "12\n" }),
    encoding: "buffer",
  });
  await execa("docker", ["import", "-", debian], { input: tar });
  gitServer = await startGitServer(repositories);
  registry = await startRegistry(temporaryFolder());
  proxy = await new FaultProxy(registry.host).listen();
  proxy.plan = ({ method, path: asks }) => {
    asked.push(`${method} ${asks}`);
    return "pass";
  };
  environment = {
    DM_ORGANISATION: organisation,
    DM_REGISTRY: proxy.host,
    DM_REPOSITORIES: gitServer.url,
    DM_DEBIAN: debian,
    HOME: temporaryFolder({ ".gitconfig": "[user]\n name = R\n email = r@example.org\n" }),
  };
});

afterAll(async () => {
  await gitServer.stop();
  await proxy.stop();
  await registry.stop();
  const filter = `reference=${organisation}/*`;
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter);
  const names = made.split("\n").filter((name) => name !== "");
  if (names.length > 0) await docker("rmi", "--force", ...names);
});

const make = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
  asked.splice(0);
  gitServer.asked.splice(0);
  return build(folder, args, { env: { ...environment, ...more } });
};
const say = (args: readonly string[]) => tbuild(folder, args, { env: environment });

/** Targets that ran to their end, without the questions of alternatives. */
const made = ({ ran }: Built): readonly string[] => ran.filter((name) => !name.endsWith("#1"));

const commitOf = (app: string, ref = "main"): string => git(repositoryOf(app), "rev-parse", ref);
const short = (app: string, ref = "main"): string => commitOf(app, ref).slice(0, 12);

async function digestIn(name: string): Promise<string> {
  const reference = `docker://${registry.host}/${organisation}/${name}`;
  const { stdout } = await execa("skopeo", ["inspect", "--tls-verify=false", reference]);
  return JSON.parse(stdout).Digest;
}

async function tagsIn(app: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${registry.host}/v2/${organisation}/${app}/tags/list`);
  const { tags } = (await answer.json()) as { readonly tags?: readonly string[] };
  return [...(tags ?? [])].sort();
}

const digests = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    await Promise.all(apps.map(async (app) => [app, await digestIn(`${app}:latest`)])),
  );

/** Tags in the order in which they were written. */
const writtenTags = (app: string): readonly string[] =>
  asked.flatMap((line) => {
    const [, tag = ""] = line.split(`PUT /v2/${organisation}/${app}/manifests/`);
    return tag === "" || tag.startsWith("sha256:") ? [] : [tag];
  });

function changeFile(app: string, text: string): void {
  writeFileSync(path.join(repositoryOf(app), "name"), text);
  git(repositoryOf(app), "commit", "--quiet", "--all", `--message=${text}`);
}

test("each image that the document names has its target, and is managed as it says", async () => {
  const { stdout } = await say(["inventory", "--format", "json"]);
  const { images, totals } = JSON.parse(stdout);
  expect(totals).toEqual({ images: 15, automatic: 11, make: 3, manual: 1 });
  for (const [managed, names] of Object.entries(named)) {
    const found = images.filter((image: { managed: string }) => image.managed === managed);
    const targets = found.map(({ target }: { target: string }) => target);
    const isApp = managed === "automatic";
    expect(targets).toEqual(names.map((name) => (isApp ? `image[${name}]` : name)));
  }
  expect(gitServer.asked).toEqual([]);
});

test("all are checked out, built, tagged with the short hash and pushed, `latest` last", async () => {
  const first = await make(["release"]);
  expect(first.exitCode).toBe(0);
  expect(made(first)).toEqual(
    [
      ...["base", "base-api", "base-frontend"],
      ...apps.flatMap((app) => [`image[${app}]`, `release[${app}]#3`, `source[${app}]`]),
    ].sort(),
  );
  for (const app of apps) {
    expect(await tagsIn(app)).toEqual([short(app), "latest", `release-${short(app)}`].sort());
    expect(writtenTags(app).at(-1)).toBe("latest");
  }
  const labels = `{{index .Config.Labels "release"}}`;
  const image = `${organisation}/api:${short("api")}`;
  expect(await docker("inspect", "--format", labels, image)).toBe(`release-${short("api")}`);
});

test("the second time the registry is asked once for each image, the engine at most once, git never", async () => {
  const engine = await startEngineProxy();
  const second = await make(["release"], { DOCKER_HOST: engine.address });
  await engine.stop();
  expect(made(second)).toEqual([]);
  expect(second.finished).toMatchObject({ built: 0, fresh: 11 });
  const head = (app: string) => `HEAD /v2/${organisation}/${app}/manifests/release-${short(app)}`;
  expect(asked.filter((line) => line.startsWith("HEAD")).sort()).toEqual(apps.map(head).sort());
  expect(asked.filter((line) => !line.startsWith("HEAD") && !/^GET \/v2\/$/.test(line))).toEqual(
    [],
  );
  expect(engine.asked.length).toBeLessThanOrEqual(1);
  expect(gitServer.asked).toEqual([]);
  const plain = await make(["release[api]", "--release-prefix", ""]);
  expect(plain.ran).toEqual(["release[api]#1"]);
  expect(asked).toContain(`HEAD /v2/${organisation}/api/manifests/${short("api")}`);
});

test("without records, and without an engine, what the registry has is neither checked out nor built", async () => {
  rmSync(path.join(folder, ".tbuild"), { recursive: true });
  const again = await make(["release"], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(again.exitCode).toBe(0);
  expect(made(again)).toEqual([]);
  expect(existsSync(path.join(folder, ".tbuild/out"))).toBe(false);
  expect(gitServer.asked).toEqual([]);
});

test("a commit to one application moves nothing before `tbuild update`, and then that one alone", async () => {
  const before = await digests();
  changeFile("buyer-frontend", "changed");
  expect(made(await make(["release"]))).toEqual([]);
  const updated = await say(["update", "source[buyer-frontend]"]);
  expect(updated.stdout).toMatch(/^moved {2}git .*-buyer-frontend\.git main {2}\w{12} -> \w{12}$/m);
  const built = await make(["release", "--jobs", "8"]);
  const own = ["image[buyer-frontend]", "release[buyer-frontend]#3", "source[buyer-frontend]"];
  expect(made(built)).toEqual(["base", "base-frontend", ...own].sort());
  const { "buyer-frontend": moved, ...others } = await digests();
  expect(moved).not.toBe(before["buyer-frontend"]);
  expect(before).toMatchObject(others);
  expect(await tagsIn("buyer-frontend")).toHaveLength(5);
});

test("`--rebuild` goes the whole way, and overwrites nothing where it comes to the same image", async () => {
  const before = await digestIn("router:latest");
  const again = await make(["release[router]", "--rebuild"]);
  expect(again.exitCode).toBe(0);
  expect(again.ran).toEqual(["image[router]", "release[router]#3", "source[router]"]);
  expect(writtenTags("router")).toEqual([]);
  expect(await digestIn("router:latest")).toBe(before);
});

test("another VERSION makes the bases and exactly what is built on them; overwriting a release is asked for", async () => {
  await make(["image"]);
  expect((await say(["bases"])).stderr).toContain("3 targets are fresh");
  const before = await digests();
  writeFileSync(path.join(folder, "VERSION"), "8.2.0\n");
  expect((await say(["bases"])).stderr).toContain("built 3 in");
  const refused = await say(["release[scripts]", "--rebuild"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(
    "2 tags would be overwritten, which cannot be undone, and there is no terminal to ask on",
  );
  expect(refused.stderr).toContain(`scripts:release-${short("scripts")}: a release`);
  expect(await digests()).toEqual(before);
  const built = await make(["release", "--rebuild", "--yes"]);
  expect(built.exitCode).toBe(0);
  const children = apps.filter((app) => app !== "router");
  const images = built.ran.filter((name) => /^(image|base)/.test(name));
  const rest = children.filter((app) => app !== "scripts").map((app) => `image[${app}]`);
  expect(images).toEqual(rest.sort());
  const after = await digests();
  expect(apps.filter((app) => after[app] === before[app])).toEqual(["router"]);
  const labels = await docker(
    "inspect",
    "--format",
    "{{json .Config.Labels}}",
    `${organisation}/base:8.2.0`,
  );
  expect(JSON.parse(labels)).toMatchObject({
    version: "8.2.0",
    build_date: expect.stringMatching(/^20.*Z$/),
  });
});

test("an edit of one base image makes its own children, and a date none", async () => {
  const file = path.join(folder, "images/base-frontend/Dockerfile");
  writeFileSync(file, `${readFileSync(file, "utf8")}LABEL edited=yes\n`);
  const built = await make(["image"]);
  expect(built.ran).toEqual(["base-frontend", ...frontends.map((app) => `image[${app}]`)].sort());
  expect((await make(["image", "bases"])).ran).toEqual([]);
});

test("the bases are pushed by their version, which is a release of its own", async () => {
  expect((await make(["push-bases"])).exitCode).toBe(0);
  expect(await tagsIn("base")).toEqual(["8.2.0", "latest"]);
});

test("another branch is built alone, and as `latest` only after a yes", async () => {
  const before = await digestIn("router:latest");
  git(repositoryOf("router"), "checkout", "--quiet", "-b", "feature");
  changeFile("router", "feature");
  const head = ["release[router]", "--head", "feature"];
  const refused = await say(head);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("router:latest: pushed from `feature`, and not from `main`");
  expect(await digestIn("router:latest")).toBe(before);
  expect((await make([...head, "--no-mark-latest"])).exitCode).toBe(0);
  expect(await tagsIn("router")).toContain(`release-${short("router", "feature")}`);
  expect(await digestIn("router:latest")).toBe(before);
  expect((await make([...head, "--rebuild", "--yes"])).exitCode).toBe(0);
  expect(await digestIn("router:latest")).not.toBe(before);
});

test("a release is tagged in git once, by an annotated tag that never moves", async () => {
  const tag = `release-${short("api")}`;
  const first = await make(["git-tag[api]"]);
  expect(first.exitCode).toBe(0);
  expect(git(repositoryOf("api"), "cat-file", "-t", tag)).toBe("tag");
  expect(commitOf("api", `${tag}^{}`)).toBe(commitOf("api"));
  const name = commitOf("api", tag);
  expect(made(await make(["git-tag[api]"]))).toEqual([]);
  const forced = await say(["git-tag[api]", "--force", "--verbose"]);
  expect(forced.stderr).toContain(`tag ${tag} names ${commitOf("api")} already`);
  expect(commitOf("api", tag)).toBe(name);
  changeFile("scripts", "more");
  await say(["update", "source[scripts]"]);
  git(repositoryOf("scripts"), "tag", `release-${short("scripts")}`, "HEAD~1");
  const taken = await say(["git-tag[scripts]"]);
  expect(taken.exitCode).toBe(1);
  expect(taken.stderr).toContain(
    `failed: tag \`release-${short("scripts")}\` of ${gitServer.url}/digitalmarketplace-scripts.git names another commit, ${commitOf("scripts", "HEAD~1")}`,
  );
  expect(taken.stderr).toContain("hint: a release is never moved");
});

test("a scan keeps its report; that it failed is told, and stops a push where that is asked for", async () => {
  changeFile("supplier-frontend", "scanned");
  await say(["update", "source[supplier-frontend]"]);
  const scan = "echo found in $IMAGE; exit 3";
  const strict = await say(["release[supplier-frontend]", "--scan", scan, "--scan-strict"]);
  expect(strict.exitCode).toBe(1);
  expect(strict.stderr).toContain(
    "failed: the scan of supplier-frontend ended with exit code 3, so it is not pushed",
  );
  expect(await tagsIn("supplier-frontend")).not.toContain(short("supplier-frontend"));
  const report = path.join(folder, "out/scans/supplier-frontend/report.txt");
  expect(readFileSync(report, "utf8")).toMatch(/^found in sha256:[0-9a-f]{64}\n$/);
  rmSync(report);
  const told = await say(["release[supplier-frontend]", "--scan", scan]);
  expect(told.exitCode).toBe(0);
  expect(told.stderr).toContain(
    "warning: `scan[supplier-frontend]` warns: the scan of supplier-frontend ended with exit code 3: out/scans/supplier-frontend/report.txt",
  );
  expect(await tagsIn("supplier-frontend")).toContain(short("supplier-frontend"));
  expect(existsSync(report)).toBe(true);
});

test("the inventory tells of all as a table, as JSON and as a page", async () => {
  const table = (await say(["inventory"])).stdout.split("\n");
  expect(table).toHaveLength(18);
  expect(table.at(-1)).toBe("15 images: 11 automatic, 3 make-managed, 1 manual");
  const { images } = JSON.parse(
    (await say(["inventory", "--published", "--format", "json"])).stdout,
  );
  expect(images[0]).toMatchObject({
    image: `${organisation}/api`,
    sources: [{ kind: "git", commit: commitOf("api") }],
    tags: expect.arrayContaining([short("api")]),
    published: [{ tags: expect.arrayContaining(["latest"]) }],
    size: expect.any(Number),
  });
  const page = (await say(["inventory", "--format", "html"])).stdout;
  expect(page.indexOf("db-backup")).toBeLessThan(page.indexOf(`${organisation}/api`));
});
