/** A fleet that one workspace built and kept in a real registry, restored by another one in another folder. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { fileInImage, imageId, onBase, tag, workspace } from "./small-workspace.ts";
import { type Built, build, docker } from "./tbuild.ts";

let registry: LocalRegistry;
let data: string;

beforeEach(async () => {
  data = temporaryFolder();
  registry = await startRegistry(data);
});
afterEach(() => registry.stop());

/** Whatever runs adds a line to `ran`, in the workspace or in what it makes. */
const fleet = (write: boolean): string =>
  workspace(
    `cache: { registry: "${registry.host}/team/cache", write: ${write} }
targets:
  builder: { image: builder, tags: [${tag("builder")}] }
  package:
    run: "mkdir -p out; date +%N > out/built; cp src/a out/a; chmod +x out/a; ln -s a out/link"
    in: builder
    inputs: [src/**]
    outputs: [out/]
  notes: { run: "date +%N > notes.txt; echo notes >> ran", outputs: [notes.txt] }
  web:
    image: web
    include: { packages: package }
    base: builder
    tags: [${tag("web")}, ${tag("web-too")}]
  other: { image: other, base: builder, tags: [${tag("other")}] }
  alone: { image: alone, tags: [${tag("alone")}] }
  all: { needs: [web, notes, other, alone] }
`,
    {
      "builder/Dockerfile": onBase("RUN date +%N > /built; head -c 300000 /dev/urandom > /large"),
      "web/Dockerfile":
        "ARG BASE\nFROM $BASE\nCOPY packages /packages\nRUN head -c 9 /dev/urandom > /web\n",
      "other/Dockerfile": "ARG BASE\nFROM $BASE\nRUN date +%N > /other\n",
      "alone/Dockerfile": "FROM scratch\nCOPY a b /\n",
      "alone/a": "none of its layers is in another image\n",
      "alone/b": "x".repeat(100_000),
      "src/a": "one\n",
    },
  );

const names = ["builder", "web", "web-too", "other", "alone"].map(tag);

const ids = () => Promise.all(names.map(imageId));

/** All that the engine calls them, digests of registries too. */
const allNames = (): Promise<string> =>
  docker("inspect", "--format", "{{json .RepoTags}} {{json .RepoDigests}}", ...names);

const cleanEngine = () => docker("rmi", "--force", ...names);

const restored = ({ events }: Built): string[] =>
  events
    .flatMap((event) =>
      event.kind === "target-finished" && event.outcome === "restored" ? [event.target] : [],
    )
    .sort();

const warnings = ({ events }: Built): string[] =>
  events.flatMap((event) => (event.kind === "warning" ? [event.problem.message] : []));

/** Files of all that the registry keeps. */
const storedBlobs = (): string[] =>
  readdirSync(join(data, "data"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\/blobs\/.*\/data$/.test(name))
    .map((name) => join(data, "data", name));

const everything = ["alone", "builder", "notes", "other", "package", "web"];

test("a clean machine restores all images and files of another one, and then makes only what changed", async () => {
  const made = fleet(true);
  const first = await build(made, ["all"]);
  expect(warnings(first)).toEqual([]);
  expect(first.finished).toMatchObject({ built: 6, failed: 0 });
  const before = await ids();
  const named = await allNames();
  await cleanEngine();

  const other = fleet(false);
  const second = await build(other, ["all"]);
  expect(warnings(second)).toEqual([]);
  expect(second.finished).toMatchObject({ built: 0, restored: 6, fresh: 0, failed: 0 });
  expect(restored(second)).toEqual(everything);
  expect(second.events.filter(({ kind }) => kind === "step" || kind === "output")).toEqual([]);
  expect(await ids()).toEqual(before);
  expect(await allNames()).toEqual(named);
  await execa("diff", ["-r", "--no-dereference", join(made, "out"), join(other, "out")]);
  expect(readFileSync(join(other, "notes.txt"))).toEqual(readFileSync(join(made, "notes.txt")));
  expect(await fileInImage(tag("web"), "/packages/a")).toBe("one");

  writeFileSync(join(other, "src/a"), "two\n");
  const changed = await build(other, ["all"]);
  expect(changed.ran).toEqual(["package", "web"]);
  expect(changed.finished).toMatchObject({ built: 2, fresh: 4 });
});

test("an image of the cache can be pulled by its key, and is the same one", async () => {
  const made = fleet(true);
  await build(made, ["builder"]);
  const id = await imageId(tag("builder"));
  const { stdout } = await execa("skopeo", [
    "list-tags",
    "--tls-verify=false",
    `docker://${registry.host}/team/cache`,
  ]);
  const tags = (JSON.parse(stdout) as { Tags: string[] }).Tags;
  const key = tags.find((each) => !each.endsWith(".entry")) as string;
  expect(tags.sort()).toEqual([key, `${key}.entry`]);
  const pulled = `${registry.host}/team/cache:${key}`;
  await docker("pull", "--quiet", pulled);
  expect(await imageId(pulled)).toBe(id);
  await docker("rmi", pulled);
});

test("what the registry's own cleaning leaves is all that is needed", async () => {
  await build(fleet(true), ["all"]);
  await cleanEngine();
  await registry.stop();
  await execa("docker-registry", [
    "garbage-collect",
    "--delete-untagged",
    join(data, "config.yml"),
  ]);
  registry = await startRegistry(data);
  const other = fleet(false);
  expect(restored(await build(other, ["all"]))).toEqual(everything);
});

test("nothing is restored with --no-cache-from, nor from an entry that was tampered with", async () => {
  await build(fleet(true), ["notes"]);
  const alone = await build(fleet(false), ["notes", "--no-cache-from"]);
  expect(alone.finished).toMatchObject({ built: 1 });
  for (const file of storedBlobs()) {
    const bytes = readFileSync(file);
    if (bytes[0] !== 0x1f) continue;
    bytes.writeUInt8((bytes.at(-6) ?? 0) ^ 1, bytes.length - 6);
    writeFileSync(file, bytes);
  }
  const wary = fleet(false);
  const run = await build(wary, ["notes"]);
  expect(run.finished).toMatchObject({ built: 1, failed: 0 });
  expect(warnings(run)).toEqual([
    expect.stringMatching(
      /^the entry of target `notes` in the shared cache `.*\/team\/cache` is not used: blob /,
    ),
  ]);
  expect(readFileSync(join(wary, "ran"), "utf8")).toBe("notes\n");
});
