/**
 * Rule `checksum` as users have it: what was verified stays so until something changes, and what is wrong is told.
 *
 * @newer-engine: no engine is asked.
 */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { build, tbuild } from "./tbuild.ts";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

const targets = `targets:
  made: { run: "cat src > dist/made", inputs: [src], outputs: [dist/made] }
  verify: { checksum: dist/SHA256SUMS, needs: [made] }
  listed: { checksum: dist/SHA256SUMS, files: made, ignore-missing: true }
  inline:
    checksum:
      - ${sha("given")}  dist/given
      - ${sha("given")}  ../outside
`;

const files = {
  "targets.yaml": targets.replace(/ {6}- \S+ {2}\.\..*\n/, ""),
  src: "made",
  "dist/given": "given",
  "dist/SHA256SUMS": `${sha("made")}  made\n${sha("given")}  given\n`,
};

test("a verified list stays verified until a file, the list or what it needs changes", async () => {
  const folder = temporaryFolder(files);
  expect((await build(folder, ["verify", "inline"])).ran).toEqual(["inline", "made", "verify"]);
  expect((await tbuild(folder, ["verify", "inline"])).stderr).toBe("all 3 targets are fresh");

  writeFiles(folder, { src: "other" });
  const { exitCode, stderr } = await tbuild(folder, ["verify"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    [
      "error: target `verify` failed: 1 of 2 files is not as `dist/SHA256SUMS` says",
      `  \`dist/made\`: expected sha256 ${sha("made")}, found ${sha("other")}`,
      "hint: get these files anew; where they are right, write the list anew",
    ].join("\n"),
  );

  writeFiles(folder, {
    "dist/SHA256SUMS": `${sha("other")}  made\nSHA256 (given) = ${sha("given")}\n`,
  });
  expect(await build(folder, ["verify"])).toMatchObject({ exitCode: 0, ran: ["verify"] });
  expect((await build(folder, ["verify"])).ran).toEqual([]);
});

test("a file that was missing and left out is verified once it is there", async () => {
  const folder = temporaryFolder({
    ...files,
    "targets.yaml": `targets: { verify: { checksum: dist/SHA256SUMS, ignore-missing: true } }`,
  });
  expect((await build(folder, ["verify"])).ran).toEqual(["verify"]);
  expect((await build(folder, ["verify"])).ran).toEqual([]);
  writeFiles(folder, { "dist/made": "wrong" });
  expect(await build(folder, ["verify"])).toMatchObject({ exitCode: 1, ran: ["verify"] });
  rmSync(path.join(folder, "dist/made"));
  expect((await build(folder, ["verify"])).exitCode).toBe(0);
});

test("a target whose outputs must be listed is made first, and nothing else is verified", async () => {
  const folder = temporaryFolder({ ...files, "dist/given": "not as listed" });
  expect((await build(folder, ["listed"])).ran).toEqual(["listed", "made"]);
  expect((await build(folder, ["listed"])).ran).toEqual([]);
});

test("a wrong line in the target file is told with its place, before anything runs", async () => {
  const folder = temporaryFolder({ ...files, "targets.yaml": targets });
  expect(await tbuild(folder, ["inline"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `targets.yaml:6:5: error: \`../outside\` leaves the folder of the list
    6 |     checksum:
      |     ^^^^^^^^
hint: names start at the folder of their list, or of the target file, and stay in it`,
  });
});

test("a line of a list that is none is told with its place in the list", async () => {
  const folder = temporaryFolder({ ...files, "dist/SHA256SUMS": `${sha("given")}  given\noops\n` });
  const { exitCode, stderr } = await tbuild(folder, ["verify"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    `dist/SHA256SUMS:2:1: error: target \`verify\` failed: no line of a list of checksums: \`oops\``,
  );
  expect(stderr).toContain("hint: a line reads `HEX  NAME`, `HEX *NAME` or `SHA256 (NAME) = HEX`");
});
