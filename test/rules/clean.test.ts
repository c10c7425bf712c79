import { symlinkSync, utimesSync } from "node:fs";
import type { MadeImage } from "../../src/rules/clean-context.ts";
import { ruleKindOf } from "../../src/rules/kinds.ts";
import { digestOf, problem } from "./support/fake-docker.ts";
import { noteOf, RuleRoom, told } from "./support/rule-room.ts";

const ours = { "org.tbuild.project": "shop" };
const made = (id: string, ...references: string[]): MadeImage => ({
  digest: digestOf(id),
  references,
});
const clean = (room: RuleRoom, keepImages = false) =>
  room.act("clean", { clean: "project", "keep-images": keepImages });
const names = async (room: RuleRoom) =>
  (await room.docker.images()).flatMap((image) => image.references);

test("containers of this workspace go, those of others stay", async () => {
  const room = new RuleRoom();
  for (const [id, workspace] of [
    ["a", "w1"],
    ["b", "w2"],
  ] as const) {
    const labels = { "org.tbuild.workspace": workspace };
    room.docker.heldContainers.push({ id, names: [id], labels, running: true });
  }
  room.docker.heldContainers.push({ id: "c", names: ["c"], labels: {}, running: true });
  expect(noteOf(await clean(room))).toBe("removed 1 container");
  expect(room.docker.heldContainers.map(({ id }) => id)).toEqual(["b", "c"]);
});

test("images that a record tells of and that carry the project's label go", async () => {
  const room = new RuleRoom();
  room.docker.hold(digestOf("web"), ["shop/web:1", "shop/web:latest"], ours);
  room.docker.hold(digestOf("base"), ["debian:12"]);
  room.docker.hold(digestOf("theirs"), ["other/web:1"], { "org.tbuild.project": "other" });
  room.docker.hold(digestOf("twin"), ["shop/twin:1"], ours);
  room.more = {
    madeImages: [
      made("web", "shop/web:1", "shop/web:latest"),
      made("base", "debian:12"),
      made("theirs", "other/web:1"),
      made("gone", "shop/gone:1"),
    ],
  };
  expect(noteOf(await clean(room))).toBe("removed 1 image: 1.0 kB freed");
  expect(await names(room)).toEqual(["debian:12", "other/web:1", "shop/twin:1"]);
  expect(room.forgotten).toEqual(["blobs containers files images state"]);
});

test("an image that has a name of somebody else's keeps it", async () => {
  const room = new RuleRoom();
  room.docker.hold(digestOf("web"), ["shop/web:1", "mine:1"], ours);
  room.more = { madeImages: [made("web", "shop/web:1")] };
  expect(noteOf(await clean(room))).toBe("nothing to remove");
  expect(await names(room)).toEqual(["mine:1"]);
});

test("a name that names another image now is left alone", async () => {
  const room = new RuleRoom();
  room.docker.hold(digestOf("old"), ["shop/web:1"], ours);
  room.docker.hold(digestOf("new"), ["shop/web:1"]);
  room.more = { madeImages: [made("old", "shop/web:1")] };
  expect(noteOf(await clean(room))).toBe("removed 1 image: 1.0 kB freed");
  expect(await names(room)).toEqual(["shop/web:1"]);
});

test("an image in use stays, and that is told", async () => {
  const room = new RuleRoom();
  room.docker.hold(digestOf("web"), ["shop/web:1"], ours);
  room.docker.inUse.set("shop/web:1", "container x");
  room.more = { madeImages: [made("web", "shop/web:1")] };
  await clean(room);
  expect(room.warnings).toEqual(["image `shop/web:1` is in use by container x and stays"]);
  expect(await names(room)).toEqual(["shop/web:1"]);
});

test("images stay when that is asked for, and their records with them", async () => {
  const room = new RuleRoom({ "out/a": "" });
  room.docker.hold(digestOf("web"), ["shop/web:1"], ours);
  room.more = { madeImages: [made("web", "shop/web:1")], madeFiles: ["out/a"] };
  expect(noteOf(await clean(room, true))).toBe("removed 1 file");
  expect(await names(room)).toEqual(["shop/web:1"]);
  expect(room.forgotten).toEqual(["blobs containers files state"]);
});

test("outputs go, with the folders that are empty then, and what is not recorded stays", async () => {
  const room = new RuleRoom({
    "out/html/a": "",
    "out/html/b/c": "",
    "out/x": "",
    "dist/y": "",
    "dist/mine": "",
  });
  room.more = { madeFiles: ["out/html", "out/x", "dist/y", "never/made"] };
  expect(noteOf(await clean(room))).toBe("removed 4 files");
  expect(room.has("out")).toBe(false);
  expect(room.has("dist/mine")).toBe(true);
});

test("nothing outside the workspace is removed, however it is recorded", async () => {
  const other = new RuleRoom({ "keep/me": "" });
  const room = new RuleRoom({ ".git/HEAD": "" });
  symlinkSync(other.root, `${room.root}/out`);
  symlinkSync(`${other.root}/keep`, `${room.root}/link`);
  const madeFiles = [
    "out/keep",
    "link",
    `${other.root}/keep`,
    "../x",
    ".",
    ".git/HEAD",
    "targets.yaml",
  ];
  room.more = { madeFiles };
  expect(noteOf(await clean(room))).toMatch(/^removed 1 file: \d+ B freed$/);
  expect(other.has("keep/me")).toBe(true);
  expect(room.has("link")).toBe(false);
  expect(room.has(".git/HEAD") && room.has("targets.yaml")).toBe(true);
  expect(room.warnings).toEqual([
    `output \`out/keep\` is not removed: it lies outside the workspace: a folder above it is a link to \`${other.root}\``,
    `output \`${other.root}/keep\` is not removed: it lies outside the workspace`,
    "output `../x` is not removed: it lies outside the workspace",
    "output `.` is not removed: it lies outside the workspace",
    "output `.git/HEAD` is not removed: it belongs to git",
    "output `targets.yaml` is not removed: it holds `targets.yaml`",
  ]);
});

test("without an engine, files go when no image is recorded, and nothing does otherwise", async () => {
  const room = new RuleRoom({ "out/a": "" });
  room.docker.problems.info = problem("engine-unreachable", "cannot reach the engine");
  room.more = { madeFiles: ["out/a"], madeImages: [made("web", "shop/web:1")] };
  expect(told(await clean(room))).toBe("cannot reach the engine");
  expect(room.has("out/a")).toBe(true);
  room.more = { madeFiles: ["out/a"] };
  expect(noteOf(await clean(room))).toBe("removed 1 file");
  expect(room.warnings).toEqual(["cannot reach the engine; only files are removed"]);
});

/** A workspace with something of each kind, an hour and two days old by what tells the age of each. */
function fullRoom(): RuleRoom {
  const room = new RuleRoom({
    "out/old": "1234",
    "out/new": "12",
    ".tbuild/blobs/sha256/a": "12345",
    ".tbuild/blobs.size": "5",
    ".tbuild/digests": "123",
    ".tbuild/plans/p": "1",
  });
  const now = Date.now();
  const old = now - 2 * 86_400_000;
  const recent = now - 3_600_000;
  for (const [name, at] of [
    ["old", old],
    ["new", recent],
  ] as const) {
    const labels = { "org.tbuild.workspace": "w1" };
    const created = at / 1000;
    room.docker.heldContainers.push({
      id: name,
      names: [name],
      labels,
      running: true,
      created,
      size: 7,
    });
    const layers = [
      { digest: digestOf("below"), bytes: 500 },
      { digest: digestOf(`${name} layer`), bytes: 30 },
    ];
    room.docker.hold(digestOf(name), [`shop/${name}:1`], ours, layers);
    room.madeAt.set(digestOf(name), at);
    room.madeAt.set(`out/${name}`, at);
  }
  room.docker.cache = [
    { inUse: false, shared: false, size: 100, usedAt: old },
    { inUse: false, shared: true, size: 10, usedAt: old },
    { inUse: true, shared: false, size: 1, usedAt: old },
    { inUse: false, shared: false, size: 1000, usedAt: recent },
  ];
  utimesSync(`${room.root}/.tbuild/blobs/sha256/a`, old / 1000, old / 1000);
  room.more = {
    madeImages: [made("old", "shop/old:1"), made("new", "shop/new:1")],
    madeFiles: ["out/old", "out/new"],
  };
  return room;
}

/** What a dry run tells, a thing a line. */
async function looked(room: RuleRoom, fields: object): Promise<readonly string[]> {
  const target = room.target("clean", { clean: "project", ...fields });
  const context = room.context(target, []);
  const found = await ruleKindOf("clean").look?.(target.rule?.fields as never, context);
  return (found ?? []).map(({ what, name, count, bytes }) => `${what} ${name} ${count} ${bytes}`);
}

test("a dry run tells each thing with the bytes that it frees, and touches nothing", async () => {
  const room = fullRoom();
  expect(await looked(room, {})).toEqual([
    "containers old 1 7",
    "containers new 1 7",
    "images shop/new:1 1 30",
    // The layer below goes with the last one that stands on it.
    "images shop/old:1 1 530",
    "files out/old 1 4",
    "files out/new 1 2",
    "blobs .tbuild/blobs 1 5",
    "state .tbuild/digests 1 3",
    "state .tbuild/plans 1 1",
  ]);
  expect(room.has("out/old")).toBe(true);
  expect(await names(room)).toEqual(["shop/old:1", "shop/new:1"]);
  expect(noteOf(await clean(room))).toBe(
    "removed 2 files, 2 images, 2 containers, 1 blob, 2 files of state: 589 B freed",
  );
  expect(room.removed.map(({ name }) => name)).toEqual([
    "old",
    "new",
    "shop/new:1",
    "shop/old:1",
    "out/old",
    "out/new",
    ".tbuild/blobs",
    ".tbuild/digests",
    ".tbuild/plans",
  ]);
});

test("layers that an image of somebody else has free nothing", async () => {
  const room = fullRoom();
  const layers = [{ digest: digestOf("below"), bytes: 500 }];
  room.docker.hold(digestOf("base"), ["debian:12"], {}, layers);
  expect(await looked(room, { only: ["images"] })).toEqual([
    "images shop/new:1 1 30",
    "images shop/old:1 1 30",
  ]);
});

test.each([
  ["files", ["files out/old 1 4", "files out/new 1 2"]],
  ["containers", ["containers old 1 7", "containers new 1 7"]],
  ["blobs", ["blobs .tbuild/blobs 1 5"]],
  ["cache", ["cache build cache of the engine 3 1100"]],
])("`only: %s` finds nothing else", async (kind, found) => {
  expect(await looked(fullRoom(), { only: [kind] })).toEqual(found);
});

test("what is younger stays, for each kind by what tells its age", async () => {
  const kinds = ["files", "images", "containers", "cache", "blobs", "state"];
  expect(await looked(fullRoom(), { only: kinds, "older-than": "1 d" })).toEqual([
    "containers old 1 7",
    "images shop/old:1 1 30",
    "cache build cache of the engine 2 100",
    "files out/old 1 4",
    "blobs .tbuild/blobs 1 5",
  ]);
  const room = fullRoom();
  await room.act("clean", { clean: "project", only: kinds, "older-than": "1 d" });
  expect(await names(room)).toEqual(["shop/new:1"]);
  expect(room.has("out/new") && !room.has("out/old")).toBe(true);
  expect(room.docker.cache.map(({ size }) => size)).toEqual([1, 1000]);
  expect(room.forgotten).toEqual([]);
});

test("an image that a container of somebody else uses stays, and a dry run tells it", async () => {
  const room = fullRoom();
  const mine = { id: "x", names: ["mine"], labels: {}, running: true, image: digestOf("old") };
  room.docker.heldContainers.push(mine);
  expect(await looked(room, { only: ["images"] })).toEqual(["images shop/new:1 1 30"]);
  expect(room.warnings).toEqual(["image `shop/old:1` is in use by container mine and stays"]);
});

test.each([
  [{ only: ["image"] }, "`image` is no kind of things that `clean` removes"],
  [
    { only: ["images"], "keep-images": true },
    "`only` names `images`, and `keep-images` keeps them",
  ],
  [{ "older-than": "a while" }, "`older-than` cannot be `a while`: expected a duration"],
])("%j is refused", (fields, message) => {
  expect(new RuleRoom().check("clean", { clean: "project", ...fields })).toEqual([message]);
});
