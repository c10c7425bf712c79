import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { tarOf } from "./support/fake-docker.ts";
import { problemOf, RuleRoom, told } from "./support/rule-room.ts";

const given = (files: Readonly<Record<string, string>>) => new RuleRoom(files).root;

test("a given folder is used where it lies", async () => {
  const folder = given({ "a.deb": "a", "sub/b.deb": "b" });
  const room = new RuleRoom();
  expect(room.reads("use", { use: folder })).toEqual([
    `${folder}/a.deb`,
    `${folder}/sub/b.deb`,
    `${folder}/targets.yaml`,
  ]);
  expect(await room.act("use", { use: folder })).toEqual({
    kind: "made",
    artifacts: [room.tree(folder)],
  });
});

test("of a given folder, only what matches counts, at any depth", async () => {
  const folder = given({ "a.deb": "a", "sub/b.deb": "b", "sub/c.udeb": "", "b-dbg.deb": "" });
  const fields = { use: folder, match: ["*.deb", "!*-dbg.deb"] };
  expect(told(await new RuleRoom().act("use", fields))).toEqual([
    `${folder}/a.deb`,
    `${folder}/sub/b.deb`,
  ]);
  expect(told(await new RuleRoom().act("use", { use: folder, match: ["sub/*"] }))).toEqual([
    `${folder}/sub/b.deb`,
    `${folder}/sub/c.udeb`,
  ]);
});

test("a given file is used where it lies, inside the workspace too, so that nothing removes it", async () => {
  const room = new RuleRoom({ "given/a.deb": "" });
  const use = `${room.root}/given/a.deb`;
  expect(room.reads("use", { use })).toEqual(["given/a.deb"]);
  expect(told(await room.act("use", { use, match: ["*.deb"] }))).toEqual([use]);
});

test.each(["plain.tar", "small.tar.gz", "small.tgz"])("a given %s is unpacked", async (file) => {
  const tar = tarOf({ "./debs/a.deb": "a", "b.txt": "b" });
  const room = new RuleRoom();
  const use = `${given({})}/${file}`;
  writeFileSync(use, file === "plain.tar" ? tar : gzipSync(tar));
  expect(room.reads("use", { use })).toEqual([use]);
  expect(told(await room.act("use", { use }))).toEqual([".tbuild/out/it/unpacked"]);
  expect(room.read(".tbuild/out/it/unpacked/debs/a.deb")).toBe("a");
  const matched = await room.act("use", { use, match: ["*.deb"] });
  expect(told(matched)).toEqual([".tbuild/out/it/unpacked/debs/a.deb"]);
  expect(room.has(".tbuild/out/it/unpacked/b.txt")).toBe(false);
});

test("a given tar.xz is unpacked by the program for it", async () => {
  const folder = given({ "a.deb": "a" });
  execFileSync("tar", ["-cJf", "x.tar.xz", "a.deb"], { cwd: folder });
  const outcome = await new RuleRoom().act("use", { use: `${folder}/x.tar.xz`, match: ["*.deb"] });
  expect(told(outcome)).toEqual([".tbuild/out/it/unpacked/a.deb"]);
});

test("a given path that is not there, or holds nothing that counts, is a mistake", async () => {
  const folder = given({ "x/a.txt": "" });
  const room = new RuleRoom();
  mkdirSync(`${folder}/empty`);
  writeFileSync(`${folder}/y.tar`, tarOf({ "a.txt": "" }));
  const message = async (use: string, match?: readonly string[]) => {
    const { blame, message: text } = problemOf(await room.act("use", { use, match }));
    return `${blame}: ${text}`;
  };
  expect(await message(`${folder}/gone`)).toBe(
    `usage: given path \`${folder}/gone\` does not exist`,
  );
  expect(await message(`${folder}/x`, ["*.deb", "*.udeb"])).toBe(
    `usage: given path \`${folder}/x\` holds no file that matches \`*.deb\` or \`*.udeb\``,
  );
  expect(await message(`${folder}/y.tar`, ["*.deb"])).toBe(
    `usage: given path \`${folder}/y.tar\` holds no file that matches \`*.deb\``,
  );
  expect(await message("/dev/null")).toBe(
    "usage: given path `/dev/null` is neither a file nor a folder",
  );
  expect(told(await room.act("use", { use: `${folder}/empty` }))).toEqual([`${folder}/empty`]);
});

test("a tar that is none, or not whole, is a mistake and leaves nothing", async () => {
  const folder = given({ "a.tar": "this is no tar".repeat(100) });
  const whole = gzipSync(tarOf({ "a.deb": "a".repeat(100_000), "b.deb": String(Math.random()) }));
  writeFileSync(`${folder}/b.tar.gz`, whole.subarray(0, whole.length / 2));
  writeFileSync(`${folder}/c.tar`, tarOf({ "a.deb": "a".repeat(5000) }).subarray(0, 3000));
  writeFileSync(`${folder}/d.tar.xz`, "no");
  const room = new RuleRoom();
  for (const file of ["a.tar", "b.tar.gz", "c.tar", "d.tar.xz"]) {
    const outcome = await room.act("use", { use: `${folder}/${file}` });
    expect(problemOf(outcome).message).toMatch(new RegExp(`^cannot unpack \`${file}\`: `));
  }
  expect(room.has(".tbuild/out")).toBe(false);
});

test("nothing in a tar gets out of the folder", async () => {
  const folder = given({});
  writeFileSync(`${folder}/a.tar`, tarOf({ "../../evil": "x", "/abs/olute": "y", ok: "" }));
  const room = new RuleRoom();
  await room.act("use", { use: `${folder}/a.tar` });
  expect(room.has(".tbuild/out/evil") || room.has(".tbuild/evil")).toBe(false);
});
