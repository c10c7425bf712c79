import { chmodSync, lstatSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { writeFiles } from "../support/folder.ts";
import { newRoom, Repository } from "./support/repository.ts";
import { noteOf, problemOf, type RuleRoom, told } from "./support/rule-room.ts";

const act = (room: RuleRoom, source: string) =>
  room.act("git", { git: "https://nowhere.invalid/x.git", to: "out/api" }, { source });

const noted = (room: RuleRoom, source: string, rest: string): string =>
  `from ${path.relative(room.root, source)}, ${rest}`;

test("a local checkout takes the place of the repository, which nobody asks", async () => {
  const { folder, second } = new Repository();
  const room = newRoom();
  const outcome = await act(room, folder);
  expect(told(outcome)).toEqual(["out/api"]);
  expect(noteOf(outcome)).toBe(noted(room, folder, `at ${second.slice(0, 7)}`));
  expect(room.read("out/api/sub/b")).toBe("1");
  expect(room.has("out/api/.git")).toBe(false);
});

test("it is as dirty as it is, and the number of changed files is told", async () => {
  const { folder } = new Repository();
  writeFiles(folder, { a: "dirty", new: "1", ".gitignore": "*.o\n", "x.o": "1" });
  const room = newRoom();
  expect(noteOf(await act(room, folder))).toBe(noted(room, folder, "3 files changed"));
  expect(room.read("out/api/a")).toBe("dirty");
  expect(room.read("out/api/new")).toBe("1");
  expect(room.has("out/api/x.o")).toBe(false);
});

test("bytes, modes and links are those of a clean checkout", async () => {
  const repository = new Repository();
  const { folder } = repository;
  writeFiles(folder, { "with space/ü": "1", run: "#!/bin/sh\n" });
  chmodSync(path.join(folder, "run"), 0o755);
  symlinkSync("sub/b", path.join(folder, "link"));
  repository.commit({});
  chmodSync(path.join(folder, "a"), 0o600);
  const room = newRoom();
  const local = await act(room, folder);
  const clean = await room.act("git", { git: folder, to: "out/clean" });
  const digestOf = (outcome: typeof local) =>
    outcome.kind === "made" ? outcome.artifacts[0]?.digest : undefined;
  expect(digestOf(local)).toBe(digestOf(clean));
  for (const name of ["a", "run"]) {
    const modes = ["api", "clean"].map((at) => lstatSync(`${room.root}/out/${at}/${name}`).mode);
    expect(modes[0]).toBe(modes[1]);
  }
  expect(readlinkSync(`${room.root}/out/api/link`)).toBe("sub/b");
});

test("a link that leads out of it is refused", async () => {
  const { folder } = new Repository();
  symlinkSync("/etc/passwd", path.join(folder, "link"));
  expect(problemOf(await act(newRoom(), folder)).message).toBe(
    "link `link` leads out of the checkout: `/etc/passwd`",
  );
});

test("a checkout that git cannot read any more is told", async () => {
  const { folder } = new Repository();
  rmSync(path.join(folder, ".git/HEAD"));
  expect(problemOf(await act(newRoom(), folder))).toMatchObject({
    blame: "surroundings",
    message: `\`${folder}\` is no checkout that git can read`,
    hint: `look at what \`git -C ${folder} status\` says`,
  });
});
