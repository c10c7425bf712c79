import { existsSync, readdirSync, utimesSync } from "node:fs";
import path from "node:path";
import { Clones } from "../../src/store/clones.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

const names = (root: string): string[] =>
  readdirSync(path.join(root, "clones")).map((name) => name.replace(/-[0-9a-f]{16}$/, ""));

/** Uses clones of these names in one run, 100 bytes each. */
async function use(clones: Clones, ...used: readonly string[]): Promise<void> {
  for (const name of used) {
    const folder = clones.folderOf(`https://example.org/${name}.git`);
    await clones.exclusively(folder, async () => writeFiles(folder, { HEAD: "x".repeat(100) }));
  }
}

test("a clone is named after its repository, and its name shows no credentials", () => {
  const clones = new Clones("/w/.tbuild");
  const named = (url: string) => path.basename(clones.folderOf(url)).replace(/[0-9a-f]{16}$/, "*");
  expect(named("https://me:secret@example.org/team/api.git")).toBe("api-*");
  expect(named("git@example.org:api.git/")).toBe("api-*");
  expect(named("https://me:secret@example.org/")).toBe("example.org-*");
});

test("other URLs have other clones, a slash at the end makes no other one", () => {
  const clones = new Clones("/w/.tbuild");
  const folder = clones.folderOf("https://example.org/a.git");
  expect(clones.folderOf("https://example.org/a.git/")).toBe(folder);
  expect(clones.folderOf("https://me@example.org/a.git")).not.toBe(folder);
});

test("who works on a clone is alone there, and a failure is in nobody's way", async () => {
  const clones = new Clones(temporaryFolder());
  const told: string[] = [];
  const work = (name: string, fails = false) =>
    clones.exclusively(clones.folderOf("x"), async (isFirst) => {
      told.push(`${name} begins${isFirst ? ", the first" : ""}`);
      await Promise.resolve();
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const all = await Promise.allSettled([work("a", true), work("b"), work("c")]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(told).toEqual([
    "a begins, the first",
    "a ends",
    "b begins",
    "b ends",
    "c begins",
    "c ends",
  ]);
});

test("beyond the limit those go that were not used for longest, and none that this run used", async () => {
  const root = temporaryFolder();
  await use(new Clones(root), "old", "older", "used");
  for (const [name, time] of [
    ["old", 2],
    ["older", 1],
    ["used", 0],
  ] as const) {
    utimesSync(new Clones(root).folderOf(`https://example.org/${name}.git`), time, time);
  }
  const run = new Clones(root);
  await use(run, "used", "new");
  run.bound(320);
  expect(names(root).sort()).toEqual(["new", "used"]);
  run.bound(1);
  expect(names(root).sort()).toEqual(["new", "used"]);
});

test("a run that uses no clone looks at none", () => {
  const root = temporaryFolder({ "clones/a/HEAD": "x".repeat(100) });
  new Clones(root).bound(1);
  expect(existsSync(path.join(root, "clones/a/HEAD"))).toBe(true);
});

test("a damaged clone goes once a run, however many find it damaged", async () => {
  const clones = new Clones(temporaryFolder());
  await use(clones, "api");
  const folder = clones.folderOf("https://example.org/api.git");
  expect([clones.renew(folder), existsSync(folder), clones.renew(folder)]).toEqual([
    true,
    false,
    false,
  ]);
});
