/** What `clean` and `purge` remove in a real engine: what this workspace made, told before in figures of the engine. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connectDocker } from "../../src/docker/engine-docker.ts";
import type { Event } from "../../src/model/event.ts";
import {
  containers,
  forever,
  imageId,
  onBase,
  project,
  run,
  tag,
  workspace,
} from "./small-workspace.ts";
import { baseImage, build, docker, tbuild } from "./tbuild.ts";

const targets = `targets:
  web: { image: web, tags: [${tag("web")}] }
  agent: { image: agent, base: web, tags: [${tag("agent")}] }
  page: { run: "head -c 1000 /dev/zero >out/page", outputs: [out/page] }
  all: { needs: [agent, page] }
  clean: { clean: project }
`;
const files = (seed: string) => ({
  "web/Dockerfile": onBase(`RUN head -c 3000000 /dev/urandom >/${seed} && echo ${run}`),
  "agent/Dockerfile": "ARG BASE\nFROM $BASE\nRUN head -c 1000000 /dev/urandom >/agent\n",
});

/** Bytes of an image with all below it, as the engine reckons them. */
const sizeOf = async (reference: string): Promise<number> =>
  Number(await docker("image", "inspect", "--format", "{{.Size}}", reference));

type Removal = Event & { readonly kind: "would-remove" | "removed" };

const removals = (events: readonly Event[]): readonly string[] =>
  events
    .filter((event): event is Removal => event.kind === "would-remove" || event.kind === "removed")
    .map(({ what, name, count, bytes }) => `${what} ${name} ${count} ${bytes}`);

const bytesOf = (events: readonly Event[], what: string): number =>
  events
    .filter((event): event is Removal => event.kind === "would-remove" || event.kind === "removed")
    .reduce((sum, event) => sum + (event.what === what ? event.bytes : 0), 0);

test("a dry run tells what goes and how much that frees, and the run after it does just that", async () => {
  const folder = workspace(targets, files("dry"));
  expect(await build(folder, ["all"])).toMatchObject({ exitCode: 0 });
  const before = readdirSync(`${folder}/.tbuild`);
  const dry = await build(folder, ["clean", "--dry-run"]);
  expect(readdirSync(`${folder}/.tbuild`)).toEqual(before);
  expect(existsSync(`${folder}/out/page`)).toBe(true);
  expect(await imageId(tag("web"))).toBeDefined();
  expect(removals(dry.events)).toEqual(
    expect.arrayContaining([
      "files out/page 1 1000",
      expect.stringMatching(RegExp(`^images ${tag("agent")} 1 1000\\d{3}$`)),
      expect.stringMatching(RegExp(`^images ${tag("web")} 1 3000\\d{3}$`)),
    ]),
  );
  const freed = (await sizeOf(tag("agent"))) - (await sizeOf(baseImage));
  expect(bytesOf(dry.events, "images")).toBe(freed);
  const cleaned = await build(folder, ["clean"]);
  expect(cleaned.exitCode).toBe(0);
  expect(bytesOf(cleaned.events, "images")).toBe(freed);
  expect(bytesOf(cleaned.events, "files")).toBe(1000);
  expect(await imageId(tag("web"))).toBeUndefined();
  expect(existsSync(`${folder}/out`)).toBe(false);
});

test("`--only` and `--older-than` leave the rest", async () => {
  const folder = workspace(targets, files("only"));
  await build(folder, ["all"]);
  const young = await build(folder, ["clean", "--older-than", "1 h"]);
  expect(removals(young.events)).toEqual([]);
  expect((await build(folder, ["all"])).finished).toMatchObject({ built: 0, fresh: 3 });
  const onlyFiles = await build(folder, ["clean", "--only", "files"]);
  expect(removals(onlyFiles.events)).toEqual(["files out/page 1 1000"]);
  expect((await build(folder, ["all"])).ran).toEqual(["page"]);
  // What tells of the images stays with them: they are still known to be ours.
  await build(folder, ["clean", "--only", "state"]);
  expect((await build(folder, ["all"])).finished).toMatchObject({ built: 0, fresh: 3 });
  const rest = await build(folder, ["clean", "--only=images"]);
  expect(rest.events.filter(({ kind }) => kind === "removed")).toHaveLength(2);
});

test("the build cache is told as the engine counts it, and goes by age where it is named", async () => {
  const folder = workspace(targets, files("cache"));
  const engine = await connectDocker(process.env);
  try {
    const before = Date.now() - 3_600_000;
    const dry = await build(folder, [
      "clean",
      "--dry-run",
      "--only",
      "cache",
      "--older-than",
      "1 h",
    ]);
    const old = (await engine.buildCache()).filter((it) => !it.inUse && it.usedAt < before);
    const bytes = old.reduce((sum, it) => sum + (it.shared ? 0 : it.size), 0);
    expect(bytesOf(dry.events, "cache")).toBe(bytes);
    expect(removals((await build(folder, ["clean", "--dry-run"])).events)).not.toContainEqual(
      expect.stringMatching(/^cache/),
    );
  } finally {
    engine.close();
  }
});

test("purge removes all of this workspace, and nothing of another one, nor of anybody else", async () => {
  const folder = workspace(
    `${targets}  old: { image: web, tags: ["${tag("old")}"], args: { V: "1" } }\n`,
    files("mine"),
  );
  const twin = workspace(
    targets.replaceAll(tag("web"), tag("web2")).replaceAll(tag("agent"), tag("agent2")),
    files("twin"),
  );
  await build(folder, ["all", "old"]);
  await build(twin, ["all"]);
  const first = await imageId(tag("web"));
  await docker("tag", String(first), tag("foreign"));
  await docker("run", "--detach", "--name", `mine-${run}`, tag("web2"), "sh", "-c", forever("x"));
  const id = readFileSync(`${folder}/.tbuild/workspace`, "utf8").trim();
  const labels = [
    "--label",
    `org.tbuild.workspace=${id}`,
    "--label",
    `org.tbuild.project=${project}`,
  ];
  await docker("create", "--name", `service-${run}`, ...labels, tag("web"), "sh");
  try {
    const refused = await tbuild(folder, ["purge"]);
    expect(refused.exitCode).toBe(2);
    expect(existsSync(`${folder}/.tbuild`)).toBe(true);
    const dry = await tbuild(folder, ["purge", "--dry-run"]);
    expect(dry.stdout).toContain(`purge: would remove container service-${run}, 0 B`);
    expect(dry.stdout).toMatch(/purge: would free \d/);
    expect(existsSync(`${folder}/.tbuild`)).toBe(true);
    const purged = await build(folder, ["purge", "--yes"]);
    expect(purged.exitCode).toBe(0);
    expect(existsSync(`${folder}/.tbuild`)).toBe(false);
    expect(existsSync(`${folder}/out`)).toBe(false);
    expect(await containers()).toEqual([`mine-${run}`]);
    expect(await imageId(tag("agent"))).toBeUndefined();
    expect(await imageId(tag("old"))).toBeUndefined();
    // Named by somebody else too: that name stays, ours goes.
    expect(await imageId(tag("web"))).toBeUndefined();
    expect(await imageId(tag("foreign"))).toBe(first);
    expect(await imageId(tag("web2"))).toBeDefined();
    expect((await build(twin, ["all"])).finished).toMatchObject({ built: 0, fresh: 3 });
    const again = await tbuild(folder, ["purge", "--yes"]);
    expect(again).toMatchObject({ exitCode: 0, stdout: "purge: nothing to remove" });
    // An image that a container of somebody's uses stays.
    const kept = await tbuild(twin, ["purge", "--yes"]);
    expect(kept.stderr).toContain(
      `image \`${tag("web2")}\` is in use by container mine-${run} and stays`,
    );
    expect(await imageId(tag("web2"))).toBeDefined();
  } finally {
    await docker("rm", "--force", `mine-${run}`, `service-${run}`);
  }
});
