/**
 * Base images that the lock has digests of, with a real engine and a registry that comes and goes.
 *
 * @newer-engine: registries are asked here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { fileInImage, onBase, run, tag, workspace } from "./small-workspace.ts";
import { build, docker, tbuild } from "./tbuild.ts";

let registry: LocalRegistry;
let isUp: boolean;
beforeEach(async () => {
  registry = await startRegistry(temporaryFolder());
  isUp = true;
});
afterEach(async () => {
  if (isUp) await registry.stop();
});

// After the images that are built on them are gone: an engine keeps what others are made from.
afterAll(async () => {
  const format = "{{.Repository}} {{.Tag}} {{.Digest}}";
  const listed = await docker("images", "--digests", "--format", format);
  for (const line of listed.split("\n")) {
    const [name = "", named = "", digest] = line.split(" ");
    if (!name.endsWith(`/${run}/base`)) continue;
    await docker("rmi", named === "<none>" ? `${name}@${digest}` : `${name}:${named}`);
  }
});

const base = (): string => `${registry.host}/${run}/base:1`;

/** Lets the tag `base:1` of the registry name an image that says so. @returns its digest */
async function pushBase(text: string): Promise<string> {
  const digests = `${temporaryFolder()}/digests.txt`;
  const folder = workspace(
    `targets:
  base: { image: base, tags: ["base:1"] }
  push: { push: base, registry: ${registry.host}/${run}, digests: ${digests} }`,
    { "base/Dockerfile": onBase(`RUN echo ${text} >/said`) },
  );
  expect((await build(folder, ["push"])).exitCode).toBe(0);
  await docker("rmi", "--force", "base:1");
  return readFileSync(digests, "utf8").trim().split("@")[1] as string;
}

const newWorkspace = (): string =>
  workspace(
    `targets:
  web: { image: web, tags: [${tag("locked-web")}] }
  pulled: { pull: "${base()}" }`,
    { "web/Dockerfile": `ARG NAME=${base()}\nFROM $NAME AS base\nRUN cp /said /was\n` },
  );
const lockOf = (folder: string): string => readFileSync(path.join(folder, "targets.lock"), "utf8");
const webSays = () => fileInImage(tag("locked-web"), "/was");

const onlyWeb = (): string =>
  workspace(`targets: { web: { image: web, tags: [${tag("locked-web")}] } }`, {
    "web/Dockerfile": `ARG NAME=${base()}\nFROM $NAME AS base\nRUN cp /said /was\n`,
  });

test("a base image is locked by its digest, moves by update alone, and makes just its images again", async () => {
  const first = await pushBase("one");
  const folder = onlyWeb();
  expect((await build(folder, ["web"])).ran).toEqual(["web"]);
  expect(lockOf(folder)).toContain(`image ${base()} ${first}\n`);
  expect(await webSays()).toBe("one");
  const second = await pushBase("two");
  expect((await build(folder, ["web"])).ran).toEqual([]);
  await build(folder, ["web", "--force"]);
  expect(await webSays()).toBe("one");
  const { stdout } = await tbuild(folder, ["update"]);
  expect(stdout).toBe(`moved  image ${base()}  ${first.slice(7, 19)} -> ${second.slice(7, 19)}`);
  const { events, exitCode } = await build(folder, ["web"]);
  expect(exitCode).toBe(0);
  expect(events.flatMap((event) => (event.kind === "target-started" ? [event.why] : []))).toEqual([
    `the lock moved \`${base()}\` from \`${first.slice(7, 19)}\` to \`${second.slice(7, 19)}\``,
  ]);
  expect(await webSays()).toBe("two");
});

test("without its registry a locked base that the engine has is built on, and pulled from nowhere", async () => {
  await pushBase("one");
  const folder = onlyWeb();
  await build(folder, ["web"]);
  await registry.stop();
  isUp = false;
  writeFileSync(
    path.join(folder, "web/Dockerfile"),
    `FROM ${base()}\nRUN cp /said /was && echo offline >>/was\n`,
  );
  expect((await build(folder, ["web", "--locked"])).exitCode).toBe(0);
  expect(await webSays()).toBe("one\noffline");
});

test("rule pull takes what is locked, under the name that was asked for", async () => {
  const first = await pushBase("one");
  const folder = newWorkspace();
  await build(folder, ["pulled"]);
  expect(lockOf(folder)).toContain(`image ${base()} ${first}\n`);
  await pushBase("two");
  await build(folder, ["pulled", "--force"]);
  expect(await fileInImage(base(), "/said")).toBe("one");
  await tbuild(folder, ["update", "pulled"]);
  await build(folder, ["pulled"]);
  expect(await fileInImage(base(), "/said")).toBe("two");
});

test("a digest that the registry does not have is told at its line", async () => {
  await pushBase("one");
  const folder = onlyWeb();
  await tbuild(folder, ["update"]);
  const gone = `sha256:${"0".repeat(64)}`;
  const lock = lockOf(folder).replace(/sha256:[0-9a-f]+/, gone);
  writeFileSync(path.join(folder, "targets.lock"), lock);
  const { exitCode, stderr } = await tbuild(folder, ["web"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(
    `targets.lock:2:1: error: target \`web\` failed: the registry no longer has \`${gone}\`, locked for \`${base()}\``,
  );
  expect(stderr).toContain("hint: `tbuild update web` takes what the name stands for now");
});
