/** What becomes of mirrors and work folders. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { type Inventory, inventoryFormat } from "../../src/model/inventory.ts";
import { type Git, gitFor } from "../../src/server/git/git-program.ts";
import { startHere } from "../../src/server/programs/program.ts";
import type { RepositoryConfig } from "../../src/server/records/config.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import type { Run } from "../../src/server/records/run.ts";
import { Inventories } from "../../src/server/runs/inventories.ts";
import { MirrorUse } from "../../src/server/runs/mirror-use.ts";
import { RunList } from "../../src/server/runs/run-list.ts";
import { Upkeep } from "../../src/server/runs/upkeep.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { FakeClock, settled } from "./fake-clock.ts";

const day = 24 * 60 * 60 * 1000;

/** The upkeep of a server that has one repository, `shop`, with a branch `main`. */
function room(program: Git = gitFor({ environment: process.env, mark: {}, start: startHere })) {
  const folder = new DataFolder(temporaryFolder());
  const clock = new FakeClock();
  const runs = new RunList(folder, clock, () => {});
  const mirrors = new MirrorUse();
  const inventories = new Inventories(folder);
  const config = {
    repositories: [{ name: "shop" } as RepositoryConfig],
    keep: { runs: 10, for: 30 * 24 * 60 * 60, size: 1e9 },
  };
  const told: string[] = [];
  const upkeep = new Upkeep({
    ...{ folder, clock, runs, mirrors, inventories, config: () => config, git: program },
    branchesOf: () => ["main"],
    tell: (line) => told.push(line),
  });
  const put = (...files: string[]) =>
    writeFiles(folder.path, Object.fromEntries(files.map((file) => [file, "x"])));
  const queue = (repository: string, branch: string): Run => {
    const request = { commit: "1".repeat(40), targets: [], params: {}, priority: 0 };
    const cause = { kind: "request", by: "anna" } as const;
    return runs.add([{ repository, branch, ...request, cause }])[0] as Run;
  };
  const end = (run: Run) =>
    runs.change(run.id, { state: "passed", finishedAt: clock.date().toISOString() });
  const has = (...places: string[]) =>
    places.filter((place) => existsSync(path.join(folder.path, place)));
  return { folder, clock, runs, mirrors, inventories, upkeep, told, put, queue, end, has };
}

test("what belongs to no repository of the configuration goes at once, and nothing else", async () => {
  const { upkeep, put, has, folder, told } = room();
  put("mirrors/shop.git/HEAD", "mirrors/gone.git/HEAD", "runs/a/run.json");
  put("work/shop/main/shop/a", "work/gone/main/gone/a");
  const done = upkeep.removeStrays();
  expect(has("mirrors/shop.git", "work/shop", "runs/a")).toHaveLength(3);
  expect(has("mirrors/gone.git", "work/gone")).toEqual([]);
  await done;
  expect([readdirSync(folder.removed), told]).toEqual([[], []]);
});

test("an inventory goes with its branch, and with its repository", async () => {
  const { upkeep, inventories } = room();
  const kept = () => inventories.all().map(({ repository, branch }) => `${repository} ${branch}`);
  for (const [repository, branch] of [
    ["gone", "main"],
    ["shop", "main"],
    ["shop", "side"],
  ]) {
    const inventory = { format: inventoryFormat } as Inventory;
    const of = { repository, branch } as { repository: string; branch: string };
    inventories.keep({ ...of, commit: "1".repeat(40), run: "a", inventory });
  }
  await upkeep.removeStrays();
  expect(kept()).toEqual(["shop main", "shop side"]);
  upkeep.forgetBranches("shop", ["side"]);
  expect(kept()).toEqual(["shop main"]);
});

test("what a killed server had not removed to the end is removed by the next one", async () => {
  const { upkeep, put, folder } = room();
  put("removed/1/a");
  await upkeep.removeStrays();
  expect(readdirSync(folder.removed)).toEqual([]);
});

test("a repository that was taken out while one of its runs is open keeps its folders until that has ended", async () => {
  const { upkeep, put, has, queue, end } = room();
  put("mirrors/gone.git/HEAD", "work/gone/main/gone/a");
  const run = queue("gone", "main");
  await upkeep.removeStrays();
  expect(has("mirrors/gone.git", "work/gone/main/gone/a")).toHaveLength(2);
  end(run);
  await upkeep.removeStrays();
  expect(has("mirrors/gone.git", "work/gone")).toEqual([]);
});

test("the folder of a branch that is deleted goes at once, or after its last run; of one built by request, with the age of runs", async () => {
  const { upkeep, put, has, queue, end, clock } = room();
  const places = ["main", "side", "asked"].map((branch) => `work/shop/${branch}/shop/a`);
  put(...places);
  end(queue("shop", "asked"));
  const open = queue("shop", "side");
  upkeep.forgetBranches("shop", ["side"]);
  await upkeep.removeStrays();
  expect(has(...places)).toEqual(places);
  end(open);
  upkeep.forgetBranches("shop", ["side"]);
  expect(has(...places)).toEqual([places[0], places[2]]);
  clock.advance(31 * day);
  await upkeep.removeStrays();
  expect(has(...places)).toEqual([places[0]]);
});

const packs = (repository: string): number =>
  readdirSync(path.join(repository, "objects/pack")).filter((name) => name.endsWith(".pack"))
    .length;

test("git packs a mirror and the work folders once that is worth it; not while a run is open", async () => {
  const { upkeep, folder, queue, end } = room();
  const source = temporaryFolder({ a: "" });
  commitAll(source);
  for (let times = 0; times < 5; times++) {
    commitAgain(source);
    git(source, "repack", "--quiet");
  }
  const mirror = folder.mirror("shop");
  const work = folder.work("shop", "main");
  git(source, "clone", "--quiet", "--bare", source, mirror);
  git(source, "clone", "--quiet", source, work);
  // As many as a server would need weeks for.
  for (const each of [mirror, work]) git(each, "config", "gc.autoPackLimit", "3");
  const run = queue("shop", "main");
  await upkeep.pack();
  expect(packs(mirror)).toBe(5);
  end(run);
  await upkeep.pack();
  expect([packs(mirror), packs(path.join(work, ".git"))]).toEqual([1, 1]);
  expect(git(mirror, "rev-list", "--count", "HEAD")).toBe(
    git(source, "rev-list", "--count", "HEAD"),
  );
});

test("a run never waits for upkeep: that is ended, and what comes after it goes on", async () => {
  const asked: string[] = [];
  const { upkeep, put, mirrors } = room((args, { signal, folder = "" }) => {
    asked.push(`${args.at(-3)} ${path.basename(folder)}`);
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => resolve({ ok: false, out: "", said: [] })),
    );
  });
  put("mirrors/shop.git/HEAD", "work/shop/main/shop/a");
  const packing = upkeep.pack();
  await settled();
  expect(asked).toEqual(["gc shop.git"]);
  expect(await mirrors.byRun("shop", async () => "its turn")).toBe("its turn");
  await packing;
  expect(asked).toHaveLength(1);
});
