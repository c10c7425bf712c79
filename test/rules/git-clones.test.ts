import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { newRoom, Repository } from "./support/repository.ts";
import { noteOf, problemOf, type RuleRoom, told } from "./support/rule-room.ts";

const clonesOf = (room: RuleRoom): string => path.join(room.root, ".tbuild/clones");
const onlyClone = (room: RuleRoom): string => {
  const [name = "", ...others] = readdirSync(clonesOf(room));
  expect(others).toEqual([]);
  return path.join(clonesOf(room), name);
};
const inClone = (room: RuleRoom, ...args: string[]): string =>
  execFileSync("git", ["--git-dir", onlyClone(room), ...args], { encoding: "utf8" }).trim();

test("a commit that is in the clone is checked out without the server", async () => {
  const repository = new Repository();
  const room = newRoom();
  await room.act("git", { git: repository.folder, ref: repository.first, to: "out/one" });
  rmSync(repository.folder, { recursive: true });

  await room.act("git", { git: repository.folder, ref: repository.first, to: "out/two" });

  expect(room.read("out/two/a")).toBe("1");
});

test("targets of one URL share a clone, also at the same time, each with the commit that it wants", async () => {
  const repository = new Repository();
  const room = newRoom();
  const outcomes = await Promise.all(
    ["main", "v1", repository.second, "feature/x"].map((ref, at) =>
      room.act("git", { git: repository.folder, ref, to: `out/${at}` }),
    ),
  );
  expect(outcomes.map(told)).toEqual([["out/0"], ["out/1"], ["out/2"], ["out/3"]]);
  expect([0, 1, 2, 3].map((at) => room.read(`out/${at}/a`))).toEqual(["2", "1", "2", "1"]);
  expect(inClone(room, "for-each-ref", "--format=%(objectname)").split("\n").sort()).toEqual(
    [repository.first, repository.second].sort(),
  );
});

test("commits come without their history", async () => {
  const repository = new Repository();
  const room = newRoom();
  await room.act("git", { git: `file://${repository.folder}`, ref: "main" });
  expect(inClone(room, "rev-list", repository.second)).toBe(repository.second);
});

test("a commit by the start of its name is found behind what came without history", async () => {
  const repository = new Repository();
  const room = newRoom();
  const git = `file://${repository.folder}`;
  await room.act("git", { git, ref: "main" });
  const outcome = await room.act("git", { git, ref: repository.first.slice(0, 9) });
  expect(noteOf(outcome)).toBe(`at ${repository.first.slice(0, 7)}`);
});

test("a clone that lost its objects is made anew, and that is told", async () => {
  const repository = new Repository();
  const room = newRoom();
  await room.act("git", { git: repository.folder, ref: "main" });
  const packs = path.join(onlyClone(room), "objects/pack");
  for (const name of readdirSync(packs)) {
    rmSync(path.join(packs, name));
    if (name.endsWith(".pack")) writeFileSync(path.join(packs, name), "no pack");
  }
  const outcome = await room.act("git", { git: repository.folder, ref: "main" });
  expect(noteOf(outcome)).toBe(`at ${repository.second.slice(0, 7)}`);
  expect(room.warnings.filter((line) => line.startsWith("the clone"))).toEqual([
    `the clone of \`${repository.folder}\` is damaged and is made anew`,
  ]);
});

test("a clone whose content is torn is made anew, and that is told", async () => {
  const repository = new Repository();
  const room = newRoom();
  await room.act("git", { git: repository.folder, ref: "main" });
  const packs = path.join(onlyClone(room), "objects/pack");
  for (const name of readdirSync(packs).filter((each) => each.endsWith(".pack"))) {
    const pack = path.join(packs, name);
    rmSync(pack.replace(/\.pack$/, ".rev"), { force: true });
    execFileSync("chmod", ["u+w", pack]);
    truncateSync(pack, 20);
  }
  await room.act("git", { git: repository.folder, ref: "main", to: "out/again" });
  expect(room.read("out/again/a")).toBe("2");
  expect(room.warnings).toEqual([
    `the clone of \`${repository.folder}\` is damaged and is made anew`,
  ]);
});

test("what a killed run left in a clone is in nobody's way", async () => {
  const repository = new Repository();
  const before = newRoom();
  await before.act("git", { git: repository.folder, ref: "v1" });
  const clone = onlyClone(before);
  const left = ["shallow.lock", "HEAD.lock", "objects/pack/tmp_pack_x"];
  for (const name of left) writeFileSync(path.join(clone, name), "");
  // The next run has a room of its own in the same workspace.
  const room = newRoom();
  rmSync(path.join(room.root, ".tbuild"), { recursive: true, force: true });
  execFileSync("cp", ["-r", path.join(before.root, ".tbuild"), room.root]);
  const outcome = await room.act("git", { git: repository.folder, ref: "main" });
  expect(noteOf(outcome)).toBe(`at ${repository.second.slice(0, 7)}`);
  expect(left.filter((name) => existsSync(path.join(onlyClone(room), name)))).toEqual([]);
  expect(room.warnings).toEqual([]);
});

test.each([
  ["sid", "did you mean `side`?"],
  ["release-1.x", "did you mean `release-1.0` or `release-1.1` or `release-1.2`?"],
  ["nothing-like-it", "it has 14 branches and 1 tag, and none of a name like that"],
])("of many names the near ones are told: %s", async (ref, hint) => {
  const repository = new Repository();
  repository.git("branch", "side");
  for (let at = 0; at < 11; at++) repository.git("branch", `release-1.${at}`);
  const outcome = await newRoom().act("git", { git: repository.folder, ref });
  expect(problemOf(outcome)).toMatchObject({
    code: "unknown-ref",
    message: `\`${repository.folder}\` has no commit, tag or branch \`${ref}\``,
    hint,
  });
});
