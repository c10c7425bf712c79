import { chmodSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FileDigests, type RememberedDigest } from "../../src/files/digests.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

const old = new Date("2020-01-02T03:04:05.678Z");

describe("digests of files", () => {
  test("the digest of a plain file is the sha256 of its content", () => {
    const folder = temporaryFolder({ a: "hello\n" });
    expect(new FileDigests().file(`${folder}/a`)).toBe(
      "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    );
  });

  test("an edit that keeps size and mtime is noticed", () => {
    const folder = temporaryFolder({ a: "one" });
    const file = `${folder}/a`;
    utimesSync(file, old, old);
    const remembered = new Map<string, RememberedDigest>();
    const before = new FileDigests(remembered).file(file);
    writeFileSync(file, "two");
    utimesSync(file, old, old);
    expect(new FileDigests(remembered).file(file)).not.toBe(before);
  });

  test("a file that was just written is not remembered: an edit at once after it would not show", () => {
    const folder = temporaryFolder({ a: "one" });
    const remembered = new Map<string, RememberedDigest>();
    new FileDigests(remembered).file(`${folder}/a`);
    expect(remembered.size).toBe(0);
  });

  test("a replaced file is noticed", () => {
    const folder = temporaryFolder({ a: "one", b: "two" });
    const digests = new FileDigests();
    const before = digests.file(`${folder}/a`);
    renameSync(`${folder}/b`, `${folder}/a`);
    expect(digests.file(`${folder}/a`)).not.toBe(before);
  });

  test("the executable bit counts", () => {
    const folder = temporaryFolder({ a: "one" });
    const digests = new FileDigests();
    const before = digests.file(`${folder}/a`);
    chmodSync(`${folder}/a`, 0o755);
    expect(digests.file(`${folder}/a`)).not.toBe(before);
  });

  test("a symbolic link counts by where it points, and by the content there", () => {
    const folder = temporaryFolder({ a: "same", b: "same" });
    const link = path.join(folder, "link");
    symlinkSync("a", link);
    const digests = new FileDigests();
    const first = digests.file(link);
    unlinkSync(link);
    symlinkSync("b", link);
    const retargeted = digests.file(link);
    expect(retargeted).not.toBe(first);
    writeFiles(folder, { b: "other" });
    expect(digests.file(link)).not.toBe(retargeted);
  });

  test("a link to nowhere has a digest", () => {
    const folder = temporaryFolder();
    symlinkSync("nowhere", `${folder}/link`);
    expect(new FileDigests().file(`${folder}/link`)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe("digests of trees", () => {
  const digestOf = (files: Record<string, string>): string =>
    new FileDigests().tree(temporaryFolder(files));

  test("equal trees have one digest, wherever they lie", () => {
    expect(digestOf({ "a/b": "1", c: "2" })).toBe(digestOf({ c: "2", "a/b": "1" }));
  });

  test.each([
    ["another content", { "a/b": "x", c: "2" }],
    ["another name", { "a/d": "1", c: "2" }],
    ["one file more", { "a/b": "1", c: "2", e: "" }],
    ["an empty folder more", { "a/b": "1", c: "2", "e/": "" }],
  ])("%s changes the digest", (_, files) => {
    expect(digestOf(files)).not.toBe(digestOf({ "a/b": "1", c: "2" }));
  });
});
