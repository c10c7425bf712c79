import { symlinkSync } from "node:fs";
import type { MadeImage } from "../../src/rules/rule.ts";
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
  expect(noteOf(await clean(room))).toBe("removed 1 image");
  expect(await names(room)).toEqual(["debian:12", "other/web:1", "shop/twin:1"]);
  expect(room.forgotten).toEqual([false]);
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
  expect(noteOf(await clean(room))).toBe("removed 1 image");
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
  expect(room.forgotten).toEqual([true]);
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
  expect(noteOf(await clean(room))).toBe("removed 1 file");
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
