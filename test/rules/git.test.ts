import { execFileSync } from "node:child_process";
import { newRoom, Repository } from "./support/repository.ts";
import { noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const repository = new Repository();

test.each([
  [undefined, "2", () => repository.second],
  ["main", "2", () => repository.second],
  ["v1", "1", () => repository.first],
  ["feature/x", "1", () => repository.first],
  ["refs/tags/v1", "1", () => repository.first],
])("a checkout of %p has that content and no history", async (ref, content, commit) => {
  const room = newRoom();
  const outcome = await room.act("git", { git: repository.folder, ref, to: "out/source/" });
  expect(told(outcome)).toEqual(["out/source"]);
  expect(noteOf(outcome)).toBe(`at ${commit().slice(0, 7)}`);
  expect(room.read("out/source/a")).toBe(content);
  expect(room.has("out/source/sub/b")).toBe(true);
  expect(room.has("out/source/.git")).toBe(false);
});

test("a commit is found by its whole name and by the start of it", async () => {
  const room = newRoom();
  for (const ref of [repository.first, repository.first.slice(0, 10)]) {
    const outcome = await room.act("git", { git: `file://${repository.folder}`, ref });
    expect(told(outcome)).toEqual([".tbuild/out/it/checkout"]);
    expect(room.read(".tbuild/out/it/checkout/a")).toBe("1");
  }
});

test("the same commit is the same content however it is named", async () => {
  const room = newRoom();
  const byTag = await room.act("git", { git: repository.folder, ref: "v1" });
  const byBranch = await room.act("git", { git: repository.folder, ref: "feature/x" });
  expect(byTag).toEqual(byBranch);
});

test("a path is relative to the workspace", async () => {
  const room = newRoom();
  execFileSync("git", ["clone", "--quiet", "--bare", repository.folder, `${room.root}/r.git`]);
  expect(told(await room.act("git", { git: "r.git" }))).toEqual([".tbuild/out/it/checkout"]);
});

test("submodules are checked out when that is asked for", async () => {
  const outer = new Repository();
  outer.git("submodule", "--quiet", "add", repository.folder, "inner");
  outer.commit({});
  const room = newRoom();
  await room.act("git", { git: outer.folder, to: "out/with", submodules: true });
  await room.act("git", { git: outer.folder, to: "out/without" });
  expect(room.read("out/with/inner/a")).toBe("2");
  expect(room.has("out/with/inner/.git")).toBe(false);
  expect(room.has("out/without/inner/a")).toBe(false);
});

test.each(["mistake", "0000000000000000000000000000000000000000", "abcdef0"])(
  "a ref %s that is not there is a mistake",
  async (ref) => {
    const room = newRoom();
    const problem = problemOf(await room.act("git", { git: repository.folder, ref }));
    expect(problem).toMatchObject({
      blame: "usage",
      message: `\`${repository.folder}\` has no commit, tag or branch \`${ref}\``,
      hint: "its branches: `feature/x`, `main`",
    });
    expect(room.has(".tbuild/out")).toBe(false);
  },
);

test("a repository that is not there is not to be had", async () => {
  const room = newRoom();
  const gone = await room.act("git", { git: `${room.root}/gone` });
  expect(gone).toMatchObject({ kind: "unavailable", why: "the repository was not found" });
  expect(problemOf(gone).message).toBe(`the repository was not found: \`${room.root}/gone\``);
  const away = await room.act("git", { git: "http://me:secret@127.0.0.1:1/x.git" });
  expect(away).toMatchObject({ kind: "unavailable", why: "the repository cannot be reached" });
  expect(problemOf(away).message).toBe(
    "the repository cannot be reached: `http://***@127.0.0.1:1/x.git`",
  );
  expect(JSON.stringify([away, room.output])).not.toContain("secret");
});

test("a repository without commits says so", async () => {
  const room = newRoom();
  execFileSync("git", ["init", "--quiet", "--bare", `${room.root}/empty.git`]);
  const outcome = await room.act("git", { git: "empty.git" });
  expect(told(outcome)).toBe(`\`${room.root}/empty.git\` has no commits`);
});

test("names that git would read as options are mistakes", () => {
  expect(new RuleRoom().check("git", { git: "--upload-pack=x", ref: "-x" })).toEqual([
    "`--upload-pack=x` is no repository",
    "`-x` is no commit, tag or branch",
  ]);
});
