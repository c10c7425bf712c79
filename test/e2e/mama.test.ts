/**
 * The two stages of MAMA from end to end, one story told in order: from repositories of git to images in a registry,
 * and from these to configured ones.
 *
 * @newer-engine: the example is proved, not the engine.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { git } from "../support/git.ts";
import { startEngineProxy } from "./engine-proxy.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { type LocalServer, startGitServer } from "./git-server.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import {
  commitTo,
  components,
  giveTo,
  importNode,
  makeRepositories,
  notOwnedBy,
  stageCopy,
} from "./mama.ts";
import { run, tag } from "./small-workspace.ts";
import { baseImage, build, checkout, docker, tbuild } from "./tbuild.ts";

const prefix = `mama-${run}-`;
const python = ["contentstore", "control", "scheduler"];
const members = (family: string, of: readonly string[]) => of.map((each) => `${family}[${each}]`);

let repositories: string;
let gitServer: LocalServer;
let areUp = true;
let registry: LocalRegistry;
/** Stands before the registry, and tells what it was asked. */
let front: FaultProxy;
const asked: string[] = [];
/** Folder with both stages in it. */
let place: string;
let first: string;
let second: string;

const given = () => ["--registry", `${front.host}/qa`, "--prefix", prefix];
const sources = (where = gitServer.url) => [
  ...["--repositories", where, "--prefix", prefix],
  ...["--debian", baseImage, "--node-image", tag("node")],
  ...["--build-packages", "python3-wheel", "--index", ""],
];
const firstStage = (...targets: readonly string[]) =>
  build(first, [...targets, "--registry", `${front.host}/qa`, ...sources()]);
const images = (...more: readonly string[]) => build(first, ["images", ...sources(), ...more]);

const image = (component: string) => `${prefix}${component}:latest`;
const says = (reference: string) => docker("run", "--rm", reference);
const label = (reference: string, name: string) =>
  docker("image", "inspect", "--format", `{{index .Config.Labels "${name}"}}`, reference);
const lines = (file: string) => readFileSync(file, "utf8").trim().split("\n");

async function tagsIn(name: string): Promise<readonly string[]> {
  const address = `docker://${registry.host}/qa/${prefix}${name}`;
  const { stdout } = await execa("skopeo", ["list-tags", "--tls-verify=false", address]);
  return JSON.parse(stdout).Tags;
}

async function stopServers(): Promise<void> {
  areUp = false;
  await Promise.all([gitServer.stop(), registry.stop()]);
}

/** `GET /images/json` of `GET /v1.41/images/json`. */
const withoutVersion = (line: string): string => line.replace(/ \/v[\d.]+\//, " /");

/** Tags that requests since the last look have written. */
function writtenTags(): readonly string[] {
  const puts = asked
    .splice(0)
    .map((each) => /^PUT .*\/([^/]+)\/manifests\/(?!sha256:)(.*)$/.exec(each));
  const written = puts.flatMap((put) => (put ? [`${put[1]?.slice(prefix.length)}:${put[2]}`] : []));
  return written.map((each) => each.replace(/\d{14}$/, "TIME")).sort();
}

beforeAll(async () => {
  repositories = await makeRepositories();
  gitServer = await startGitServer(repositories);
  registry = await startRegistry(temporaryFolder());
  front = await new FaultProxy(registry.host).listen();
  front.plan = ({ method, path: at }) => {
    asked.push(`${method} ${at}`);
    return "pass";
  };
  place = temporaryFolder();
  first = stageCopy("dockerbuild", place);
  second = stageCopy("dockerconfig", place);
  await importNode(tag("node"));
  const made = await firstStage("tags-file");
  if (made.exitCode !== 0) throw new Error(made.stdout.slice(-4000) + made.stderr);
});

afterAll(async () => {
  await front.stop();
  if (areUp) await stopServers();
  const format = "{{.Repository}} {{.Tag}} {{.Digest}}";
  const listed = (await docker("images", "--digests", "--format", format)).split("\n");
  const ours = listed.filter((line) => line.includes(prefix)).map((line) => line.split(" "));
  // What was pulled and is no longer what the tag names has its digest alone.
  const names = ours.map(([name, as, digest]) =>
    as === "<none>" ? `${name}@${digest}` : `${name}:${as}`,
  );
  if (names.length > 0) await docker("rmi", "--force", ...names);
});

describe("the first stage", () => {
  test("makes a component with those that it needs, and one with its node modules", async () => {
    expect(await Promise.all(components.map((each) => says(image(each))))).toEqual([
      "contentstore has a message",
      "control 1 sends a message for None",
      "jsbox 1 says hello",
      "scheduler 1",
    ]);
    const user = await docker("image", "inspect", "--format", "{{.Config.User}}", image("control"));
    expect(user).toBe("mama");
  });

  test("names the commit of each in a label and in a tag", async () => {
    for (const component of components) {
      const commit = git(path.join(repositories, `mama-ng-${component}`), "rev-parse", "HEAD");
      const reference = `${prefix}${component}:${commit.slice(0, 12)}`;
      expect(await label(reference, "org.opencontainers.image.revision")).toBe(commit);
    }
  });

  test("pushes each as latest and by date and time, and lists every tag, and every digest", async () => {
    expect(writtenTags()).toEqual(components.flatMap((each) => [`${each}:TIME`, `${each}:latest`]));
    for (const component of components) {
      const tags = [...(await tagsIn(component))].sort();
      expect(tags).toEqual([expect.stringMatching(/^20\d{12}$/), "latest"]);
    }
    const all = lines(path.join(first, "out/images.txt"));
    expect(all.map((line) => line.replace(/\d{14}$/, "TIME")).sort()).toEqual(
      components
        .flatMap((each) =>
          ["TIME", "latest"].map((as) => `${front.host}/qa/${prefix}${each}:${as}`),
        )
        .sort(),
    );
    const pushed = lines(path.join(first, "out/pushed.txt"));
    expect(pushed.map((line) => line.split("@")[0])).toEqual(all);
    for (const line of pushed) expect(line).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  test("leaves nothing that belongs to somebody else than who called", async () => {
    const uid = 65534;
    const folder = stageCopy("dockerbuild", temporaryFolder());
    await giveTo(uid, folder);
    const engine = await startEngineProxy();
    await execa("chmod", ["a+rx", path.dirname(folder)]);
    const user = ["--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups"];
    const program = [process.execPath, path.join(checkout, "bin/tbuild.js")];
    const words = ["wheelhouse[control]", "node-modules", ...sources()];
    const { exitCode, stderr } = await execa("setpriv", [...user, ...program, ...words], {
      cwd: folder,
      env: { DOCKER_HOST: engine.address, HOME: folder },
      reject: false,
    });
    await engine.stop();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(notOwnedBy(uid, folder)).toEqual([]);
  });

  test("without changes asks the engine what it has and nothing else, and the registry for each image", async () => {
    const [before, gitBefore] = [await tagsIn("control"), gitServer.asked.length];
    const engine = await startEngineProxy();
    const env = { DOCKER_HOST: engine.address };
    asked.splice(0);
    const made = await build(first, ["images", ...sources()], { env });
    const asksOnce = ["GET /_ping", "GET /images/json"];
    const heardOfImages = [engine.asked.splice(0).map(withoutVersion), asked.splice(0)];
    const words = ["push", "--registry", `${front.host}/qa`, ...sources()];
    const pushed = await build(first, words, { env });
    await engine.stop();
    expect([made.exitCode, made.ran, pushed.exitCode, pushed.ran]).toEqual([0, [], 0, ["push"]]);
    expect(heardOfImages).toEqual([asksOnce, []]);
    expect(engine.asked.map(withoutVersion)).toEqual(asksOnce);
    const heads = components.map((each) => `HEAD /v2/qa/${prefix}${each}/manifests/latest`);
    expect(asked.splice(0).sort()).toEqual(heads);
    expect(gitServer.asked.length).toBe(gitBefore);
    expect(await tagsIn("control")).toEqual(before);
  });

  test("after a commit to one component makes and pushes that component alone", async () => {
    const commit = commitTo(repositories, "control", {
      "control/__main__.py":
        'import contentstore\n\nprint("control 2 sends", contentstore.message())\n',
    });
    expect((await firstStage("push")).ran).toEqual(["push"]);
    const { stdout } = await tbuild(first, ["update", ...sources()]);
    const moved = stdout.split("\n").filter((line) => line.startsWith("moved"));
    expect(moved).toEqual([expect.stringContaining(`-> ${commit.slice(0, 12)}`)]);
    asked.splice(0);
    const { ran } = await firstStage("push");
    expect(ran).toEqual([
      "push",
      "python-images[control]",
      "python-source[control]",
      "wheel[control]",
      // Which wheels a component needs is found out again, and is what it was.
      ...members("wheelhouse", python),
    ]);
    expect(writtenTags()).toEqual(["control:TIME", "control:latest"]);
    expect(await says(image("control"))).toBe("control 2 sends a message");
    expect(await tagsIn("control")).toHaveLength(3);
    expect(await tagsIn("scheduler")).toHaveLength(2);
  });

  test("after a commit to what another component needs makes both", async () => {
    commitTo(repositories, "contentstore", {
      "contentstore/__init__.py": 'def message():\n    return "another message"\n',
    });
    await tbuild(first, ["update", ...sources()]);
    const { ran } = await images();
    expect(ran.filter((each) => each.includes("images"))).toEqual(
      members("python-images", ["contentstore", "control"]),
    );
    expect(await says(image("control"))).toBe("control 2 sends another message");
  });

  test("after a change of the base makes exactly what is built on it, and pushes that", async () => {
    appendFileSync(path.join(first, "images/base/Dockerfile"), "LABEL base=2\n");
    asked.splice(0);
    const { ran } = await firstStage("push");
    // No source is checked out again; wheels and modules are made in the new builder, and are the same.
    expect(ran).toEqual(
      [
        ...["base", "builder", "run", "push", "node-images[jsbox]", "node-modules[jsbox]"],
        ...["python-images", "wheel", "wheelhouse"].flatMap((each) => members(each, python)),
      ].sort(),
    );
    expect(writtenTags()).toEqual(components.flatMap((each) => [`${each}:TIME`, `${each}:latest`]));
    expect(await label(image("control"), "base")).toBe("2");
  });

  test("leaves a group out that is turned off, and a component that is not named", async () => {
    const { stdout } = await tbuild(first, [
      "images",
      ...sources(),
      "--no-node",
      "--python",
      "control",
      "--force",
      "--dry-run",
    ]);
    expect(stdout).not.toContain("jsbox");
    expect(stdout).not.toContain("scheduler");
    expect(stdout).toContain("python-images[control]");
    asked.splice(0);
    const pushed = await firstStage("release", "--no-python", "--version", "1.0");
    expect(pushed.exitCode).toBe(0);
    expect(writtenTags()).toEqual(["jsbox:1.0"]);
  });

  test("takes a component from a checkout that is edited, and says so in its tag and its label", async () => {
    const control = path.join(place, "control");
    git(place, "clone", "--quiet", path.join(repositories, "mama-ng-control"), control);
    const commit = git(control, "rev-parse", "HEAD");
    writeFileSync(path.join(control, "control/__main__.py"), 'print("control as it is here")\n');
    const { ran, exitCode } = await images("--source", "control=../control");
    expect(exitCode).toBe(0);
    expect(ran.filter((each) => each.includes("images"))).toEqual(["python-images[control]"]);
    const dirty = `${prefix}control:${commit.slice(0, 12)}-dirty`;
    expect(await says(dirty)).toBe("control as it is here");
    expect(await label(dirty, "org.opencontainers.image.revision")).toBe(`${commit}-dirty`);
    await images();
    expect(await says(image("control"))).toBe("control 2 sends another message");
  });

  test("builds the same from repositories in a folder", async () => {
    const folder = stageCopy("dockerbuild", temporaryFolder());
    const words = ["python-source", "--repositories", repositories];
    const { exitCode, ran } = await build(folder, words);
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: members("python-source", python) });
    expect(
      readFileSync(path.join(folder, "out/source/control/control/__main__.py"), "utf8"),
    ).toContain("control 2");
  });
});

describe("the second stage", () => {
  const words = (...targets: readonly string[]) => [...targets, ...given()];
  const qa = (component: string) => `${prefix}${component}-qa:latest`;

  test("needs nothing but the registry, configures what the first one pushed, and lists what hosts pull", async () => {
    asked.splice(0);
    const { exitCode, ran } = await build(second, words("pull-list"));
    expect({ exitCode, ran }).toEqual({
      exitCode: 0,
      ran: [
        ...members("first-stage", components),
        ...members("images", components),
        "pull-list",
        "push",
      ],
    });
    expect(writtenTags()).toEqual(
      components.flatMap((each) => [`${each}-qa:TIME`, `${each}-qa:latest`]),
    );
    expect(await says(qa("jsbox"))).toBe("jsbox 1 says hello");
    const settings = await docker("run", "--rm", qa("control"), "cat", "/etc/mama/settings.env");
    expect(settings).toBe(
      "DATABASE=control.db.qa.example.org\nCONTENTSTORE=http://contentstore.qa.example.org",
    );
    const list = lines(path.join(second, "out/pull-list-qa.txt"));
    expect(list.map((line) => line.replace(/@sha256:[0-9a-f]{64}$/, "@DIGEST"))).toEqual(
      components.map((each) => `${front.host}/qa/${prefix}${each}-qa:latest@DIGEST`),
    );
    await docker("rmi", "--force", qa("jsbox"));
    await execa(path.join(second, "scripts/pull-images"), [
      path.join(second, "out/pull-list-qa.txt"),
    ]);
    expect(await says(`${front.host}/qa/${qa("jsbox")}`)).toBe("jsbox 1 says hello");
    await docker("tag", `${front.host}/qa/${qa("jsbox")}`, qa("jsbox"));
    expect((await build(second, words("push"))).ran).toEqual(["push"]);
  });

  test("takes what the first one pushed later when the lock is moved, and that component alone", async () => {
    commitTo(repositories, "scheduler", { "scheduler/__main__.py": 'print("scheduler 2")\n' });
    await tbuild(first, ["update", ...sources()]);
    await firstStage("push");
    expect((await build(second, words("images"))).ran).toEqual([]);
    await tbuild(second, ["update", ...given()]);
    asked.splice(0);
    const { ran } = await build(second, words("push"));
    expect(ran).toContain("images[scheduler]");
    expect(writtenTags()).toEqual(["scheduler-qa:TIME", "scheduler-qa:latest"]);
    expect(await says(qa("scheduler"))).toBe("scheduler 2");
  });

  test("says what is missing where the registry has no image of the first one", async () => {
    const { exitCode, stderr } = await tbuild(second, words("images[control]", "--from", "2.0"));
    expect(exitCode).toBe(3);
    const reference = `${front.host}/qa/${prefix}control:2.0`;
    expect(stderr).toContain(
      `error: target \`first-stage[control]\` failed: cannot pull \`${reference}\`: manifest for ${reference} not found: manifest unknown: manifest unknown\nhint: check the name and the tag\n`,
    );
  });
});

test("both stages are as they were where neither git nor the registry is reachable", async () => {
  await images();
  await build(second, ["images", ...given()]);
  await stopServers();
  expect(await images()).toMatchObject({ exitCode: 0, ran: [] });
});

test.each(["dockerbuild", "dockerconfig"] as const)(
  "the .deploy.yaml of %s is read",
  async (stage) => {
    const folder = stageCopy(stage, temporaryFolder());
    const { exitCode, stdout, stderr } = await tbuild(folder, [
      "import",
      "sideloader",
      "--dry-run",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toContain(`name: mama-ng-${stage}`);
  },
);
