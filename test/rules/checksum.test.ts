import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { ruleKindOf } from "../../src/rules/kinds.ts";
import { name, noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const sha = (text: string, algorithm = "sha256"): string =>
  createHash(algorithm).update(text).digest("hex");

/** A room in which `sha256sum` and the like wrote the list. */
function listed(program: readonly string[], files: Readonly<Record<string, string>>): RuleRoom {
  const below = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [`dist/${file}`, text]),
  );
  const room = new RuleRoom(below);
  const [command = "", ...options] = program;
  const list = execFileSync(command, [...options, "--", ...Object.keys(files)], {
    cwd: `${room.root}/dist`,
    encoding: "utf8",
  });
  room.write({ "dist/SUMS": list });
  return room;
}

const files = { a: "one", "sub/b c": "two", "new\nline": "three", "back\\slash": "four" };

test.each([
  [["sha256sum"]],
  [["sha256sum", "--binary"]],
  [["sha256sum", "--tag"]],
  [["sha512sum"]],
  [["sha512sum", "--tag"]],
])("what `%p` wrote is verified", async (program) => {
  const room = listed(program, files);
  const outcome = await room.act("checksum", { checksum: ["dist/SUMS"] });
  expect(outcome).toEqual({ kind: "made", artifacts: [], note: "4 files verified" });
  expect(room.output.sort()).toEqual([
    "`dist/a`: OK",
    "`dist/back\\slash`: OK",
    "`dist/new\\nline`: OK",
    "`dist/sub/b c`: OK",
  ]);
});

test("comments, blank lines, capitals and line ends of Windows are no matter", async () => {
  const room = new RuleRoom({ a: "one", b: "two" });
  room.write({
    SUMS: `# release 1\r\n\r\n  ${sha("one").toUpperCase()}  ./a\r\nSHA256(b)= ${sha("two")}`,
  });
  expect(noteOf(await room.act("checksum", { checksum: ["SUMS"] }))).toBe("2 files verified");
});

test("each file that is wrong, missing or unreadable is told, with what was expected and found", async () => {
  const room = new RuleRoom({ "dist/a": "one", "dist/wrong": "other" });
  mkdirSync(`${room.root}/dist/folder`);
  // What is at its beginning can be read by nobody.
  symlinkSync("/proc/self/mem", `${room.root}/dist/unreadable`);
  const names = ["a", "wrong", "gone", "folder", "unreadable"];
  room.write({ "dist/SUMS": names.map((each) => `${sha("one")}  ${each}\n`).join("") });
  expect(problemOf(await room.act("checksum", { checksum: ["dist/SUMS"] }))).toEqual({
    code: "checksum-mismatch",
    blame: "target",
    message: "4 of 5 files are not as `dist/SUMS` says",
    details: [
      `\`dist/wrong\`: expected sha256 ${sha("one")}, found ${sha("other")}`,
      `\`dist/gone\`: expected sha256 ${sha("one")}, found no file`,
      `\`dist/folder\`: expected sha256 ${sha("one")}, found a folder`,
      `\`dist/unreadable\`: expected sha256 ${sha("one")}, which cannot be read: the disk fails`,
    ],
    hint: "get these files anew; where they are right, write the list anew",
  });
});

test("of very many wrong files, fifty are told, and the log has all", async () => {
  const room = new RuleRoom();
  const lines = Array.from({ length: 60 }, (_, at) => `${sha("one")}  f${at}`);
  const { message, details } = problemOf(await room.act("checksum", { checksum: lines }));
  expect(message).toBe("60 of 60 files are not as the list says");
  expect(details).toHaveLength(51);
  expect(details?.at(-1)).toBe("and 10 more");
  expect(room.output).toHaveLength(60);
});

test("lines may stand in the target file; they start at its folder", async () => {
  const room = new RuleRoom({ "sub/a": "one", "sub/b": "two" });
  const checksum = [`${sha("one")}  a`, `${sha("two", "sha512")} *b\n${sha("two")}  b\n`];
  const more = { folder: "sub" };
  expect(noteOf(await room.act("checksum", { checksum }, more))).toBe("2 files verified");
  room.write({ "sub/b": "three" });
  expect(told(await room.act("checksum", { checksum }, more))).toBe(
    "1 of 2 files is not as the list says",
  );
});

test("of a file in two lists, both checksums count", async () => {
  const room = new RuleRoom({ a: "one", S256: `${sha("one")}  a`, S512: `${"0".repeat(128)}  a` });
  const { message, details } = problemOf(
    await room.act("checksum", { checksum: ["S256", "S512"] }),
  );
  expect(message).toBe("1 of 1 file is not as the list says");
  expect(details).toEqual([
    `\`a\`: expected sha512 ${"0".repeat(128)}, found ${sha("one", "sha512")}`,
  ]);
});

test("with `ignore-missing` what is not there is left out, but not all may be", async () => {
  const fields = { checksum: [`${sha("one")}  a`, `${sha("two")}  b`], "ignore-missing": true };
  const room = new RuleRoom({ a: "one" });
  expect(noteOf(await room.act("checksum", fields))).toBe("1 file verified, 1 missing left out");
  expect(told(await new RuleRoom().act("checksum", fields))).toBe(
    "no file that the list names is there",
  );
});

test("`files` says which files must be listed, and nothing else is verified", async () => {
  const room = new RuleRoom({ "out/a.tar": "one", "out/sub/b": "two", "out/c.tar": "three" });
  room.made["tree"] = [room.tree("out/sub")];
  const lines = [`${sha("one")}  out/a.tar`, `${sha("two")}  out/sub/b`, `${sha("x")}  other`];
  const targets = { targets: [name("tree")] };
  const listedOnes = { checksum: lines, files: [{ pattern: "out/a*" }, targets] };
  expect(noteOf(await room.act("checksum", listedOnes))).toBe("2 files verified");
  expect(room.reads("checksum", listedOnes)).toEqual(["out/a.tar"]);
  const all = { checksum: lines, files: [{ pattern: "out/*.tar" }, targets] };
  expect(problemOf(await room.act("checksum", all)).details).toEqual([
    "`out/c.tar`: not on the list",
  ]);
});

test("it reads its lists and the files that they name, those that are there", () => {
  const room = new RuleRoom({ "dist/a": "one", "dist/SUMS": `${sha("one")}  a\n${sha("x")}  b\n` });
  expect(room.reads("checksum", { checksum: ["dist/SUMS"] })).toEqual(["dist/SUMS", "dist/a"]);
});

const bad: readonly (readonly [string, Partial<Diagnostic>])[] = [
  [
    "hello",
    {
      code: "checksum-malformed",
      message: "no line of a list of checksums: `hello`",
      hint: "a line reads `HEX  NAME`, `HEX *NAME` or `SHA256 (NAME) = HEX`",
    },
  ],
  [`${sha("")} a`, { message: `no line of a list of checksums: \`${sha("").slice(0, 59)}…\`` }],
  [
    `${sha("")}  ../a`,
    {
      code: "checksum-outside",
      message: "`../a` leaves the folder of the list",
      hint: "names start at the folder of their list, or of the target file, and stay in it",
    },
  ],
  [`${sha("")}  x/../../a`, { message: "`x/../../a` leaves the folder of the list" }],
  [`${sha("")}  /etc/passwd`, { message: "`/etc/passwd` leaves the folder of the list" }],
  [
    `${sha("", "sha1")}  a`,
    {
      code: "checksum-unknown",
      message: "a checksum of 40 digits is neither sha256 (64) nor sha512 (128)",
      hint: "write the list with `sha256sum` or `sha512sum`",
    },
  ],
  [`MD5 (a) = ${sha("", "md5")}`, { message: "`MD5` is neither sha256 nor sha512" }],
  [
    `SHA256 (a) = ${sha("", "sha512")}`,
    { message: "a sha256 has 64 digits, found 128", hint: "write the list anew" },
  ],
];

test.each(bad)("a list with the line `%s` is refused, with its place", async (line, expected) => {
  const room = new RuleRoom({ "dist/SUMS": `${sha("one")}  a\n${line}\n`, "dist/a": "one" });
  expect(problemOf(await room.act("checksum", { checksum: ["dist/SUMS"] }))).toMatchObject({
    blame: "usage",
    at: { file: "dist/SUMS", line: 2, column: 1 },
    ...expected,
  });
});

test("further wrong lines are counted", async () => {
  const room = new RuleRoom({ SUMS: "a\nb\nc\n" });
  expect(problemOf(await room.act("checksum", { checksum: ["SUMS"] })).details).toEqual([
    "2 more lines are wrong",
  ]);
});

test("wrong lines of the target file are told before anything runs", () => {
  const checksum = [`${sha("one")}  ../a`, `MD5 (a) = ${sha("", "md5")}`, "dist/SUMS"];
  expect(new RuleRoom().check("checksum", { checksum })).toEqual([
    "`../a` leaves the folder of the list",
    "`MD5` is neither sha256 nor sha512",
  ]);
});

test("a list that is not there, is none or names nothing is a mistake", () => {
  const room = new RuleRoom({ "dist/x": "", EMPTY: "# nothing\n" });
  expect(room.reads("checksum", { checksum: ["SUMS"] })).toBe(
    "list of checksums `SUMS` does not exist",
  );
  expect(room.reads("checksum", { checksum: ["dist"] })).toBe(
    "list of checksums `dist` is no file",
  );
  expect(room.reads("checksum", { checksum: ["EMPTY"] })).toBe("`EMPTY` names no file");
});

test("an alternative is called by its lists", () => {
  const { title } = ruleKindOf("checksum");
  expect(title({ checksum: ["dist/SUMS"] } as never)).toBe("checksum dist/SUMS");
  expect(title({ checksum: [`${sha("one")}  a`] } as never)).toBe("checksum");
});
