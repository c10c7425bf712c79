import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { KeptStore } from "../../src/store/kept-store.ts";
import { temporaryFolder } from "../support/folder.ts";

const size = 1000;

/** Folders with a file of a thousand bytes each; the last one was used last. */
function stateWith(...names: readonly string[]): string {
  const files = names.map((name) => [`keep/${name}/deep/file`, "x".repeat(size)]);
  const state = temporaryFolder(Object.fromEntries(files));
  for (const [index, name] of names.entries()) {
    utimesSync(path.join(state, "keep", name), 1000 + index, 1000 + index);
  }
  return state;
}

const left = (state: string) => readdirSync(path.join(state, "keep")).sort();

test("a folder lies below the state by a name of its own, whatever its path", () => {
  const state = temporaryFolder();
  const place = new KeptStore(state).use("bundles/kept/python3.11");
  expect(place).toBe(path.join(state, "keep/bundles+kept+python3.11"));
  expect(existsSync(place)).toBe(true);
});

test("what was not used for longest goes first, a fifth of the limit at once", () => {
  const state = stateWith("c", "a", "b", "d", "e");
  new KeptStore(state).bound(4.5 * size);
  expect(left(state)).toEqual(["b", "d", "e"]);
});

test("what this run used stays, even beyond the limit", () => {
  const state = stateWith("a", "b", "c");
  const store = new KeptStore(state);
  store.use("a");
  store.bound(size / 2);
  expect(left(state)).toEqual(["a"]);
});

test("a use counts in the next run", () => {
  const state = stateWith("a", "b", "c");
  const used = new KeptStore(state);
  used.use("a");
  used.bound(10 * size);
  new KeptStore(state).bound(1.5 * size);
  expect(left(state)).toEqual(["a"]);
});

test("a run that uses none looks at the folders only when they may be too large", () => {
  const state = stateWith("a", "b");
  new KeptStore(state).bound(10 * size);
  expect(readFileSync(path.join(state, "keep.size"), "utf8")).toBe(`${2 * size}\n`);
  writeFileSync(path.join(state, "keep/a/deep/more"), "x".repeat(10 * size));
  new KeptStore(state).bound(5 * size);
  expect(left(state)).toEqual(["a", "b"]);
  new KeptStore(state).bound(1.5 * size);
  expect(left(state)).toEqual(["b"]);
});

test("after a run that was killed the folders are counted anew", () => {
  const state = stateWith("a", "b");
  new KeptStore(state).bound(10 * size);
  new KeptStore(state).use("b");
  expect(existsSync(path.join(state, "keep.size"))).toBe(false);
  new KeptStore(state).bound(1.5 * size);
  expect(left(state)).toEqual(["b"]);
});

test("without kept folders nothing is written", () => {
  const state = temporaryFolder();
  new KeptStore(state).bound(size);
  expect(readdirSync(state)).toEqual([]);
});
