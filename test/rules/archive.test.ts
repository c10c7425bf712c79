import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { name, noteOf, RuleRoom, told } from "./support/rule-room.ts";

const list = (room: RuleRoom, file: string): readonly string[] =>
  execFileSync("tar", ["-tzf", `${room.root}/${file}`], { encoding: "utf8" })
    .trim()
    .split("\n");

test("an archive holds the files below its prefix, in order", async () => {
  const room = new RuleRoom({ "roles/b/x": "b", "roles/a/x": "a" });
  const fields = { archive: [{ pattern: "roles/**" }], prefix: "play-1.0/", to: "out/play.tar.gz" };
  const outcome = await room.act("archive", fields);
  expect(told(outcome)).toEqual(["out/play.tar.gz"]);
  expect(noteOf(outcome)).toBe("2 files");
  expect(list(room, "out/play.tar.gz")).toEqual([
    "play-1.0/",
    "play-1.0/roles/",
    "play-1.0/roles/a/",
    "play-1.0/roles/a/x",
    "play-1.0/roles/b/",
    "play-1.0/roles/b/x",
  ]);
});

test("of a folder that a target made, the archive holds what is in it", async () => {
  const room = new RuleRoom({ "out/play/site.yml": "", "out/note.txt": "" });
  room.made["play"] = [room.tree("out/play"), room.file("out/note.txt")];
  const archive = [{ targets: [name("play")] }];
  await room.act("archive", { archive, prefix: "p", to: "a.tar.gz" });
  expect(list(room, "a.tar.gz")).toEqual(["p/", "p/note.txt", "p/site.yml"]);
});

test("the same files give the same bytes, whenever and by whomever they were written", async () => {
  const bytes = [];
  for (const time of [1, 2_000_000_000]) {
    const room = new RuleRoom({ "in/a": "a", "in/run": "b" });
    chmodSync(`${room.root}/in/a`, time === 1 ? 0o600 : 0o664);
    chmodSync(`${room.root}/in/run`, 0o755);
    symlinkSync("a", `${room.root}/in/link`);
    utimesSync(`${room.root}/in/a`, time, time);
    await room.act("archive", { archive: [{ pattern: "in/**" }], to: "a.tar.gz" });
    bytes.push(readFileSync(`${room.root}/a.tar.gz`));
  }
  expect(bytes[0]).toEqual(bytes[1]);
  expect(bytes[0]?.subarray(0, 10)).toEqual(Buffer.from([31, 139, 8, 0, 0, 0, 0, 0, 0, 255]));
});

test("an archive of nothing, or beyond itself, is a mistake", async () => {
  const room = new RuleRoom();
  room.made["group"] = [];
  expect(
    told(await room.act("archive", { archive: [{ targets: [name("group")] }], to: "a" })),
  ).toBe("there is no file to pack");
  expect(room.reads("archive", { archive: [{ pattern: "roles/**" }] })).toBe(
    "input `roles/**` matches no file",
  );
  expect(room.check("archive", { archive: [], prefix: "../x", to: "a" })).toEqual([
    "`../x` lies outside the archive",
  ]);
});
