import { existsSync, writeFileSync } from "node:fs";
import { makeFolders } from "../../src/files/make-folders.ts";
import { temporaryFolder } from "../support/folder.ts";

test("a folder is made with those above it, and one that is there is left alone", () => {
  const folder = temporaryFolder();
  makeFolders(`${folder}/a/b/c`);
  writeFileSync(`${folder}/a/b/c/file`, "");
  makeFolders(`${folder}/a/b/c`);
  expect(existsSync(`${folder}/a/b/c/file`)).toBe(true);
});

test("a file in the way is an error, at the end and in the middle", () => {
  const folder = temporaryFolder({ file: "" });
  expect(() => makeFolders(`${folder}/file`)).toThrow("EEXIST");
  expect(() => makeFolders(`${folder}/file/below`)).toThrow("ENOTDIR");
});

test("a place that takes no folders is an error, and is not tried for ever", () => {
  expect(() => makeFolders("/proc/nobody/below")).toThrow("ENOENT");
});
