import type { Git } from "../../src/server/git/git-program.ts";
import { startHere } from "../../src/server/programs/program.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import type { Run } from "../../src/server/records/run.ts";
import { Inventories } from "../../src/server/runs/inventories.ts";
import { takeInventory } from "../../src/server/runs/take-inventory.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeClock } from "./fake-clock.ts";
import { anInventory, aRun } from "./http/support/fake-core.ts";

const [older, newer] = ["1".repeat(40), "2".repeat(40)];

/** A branch whose `newer` commit was built, and a program that prints what it is given in place of tbuild. */
function room(printed: string) {
  const folder = temporaryFolder();
  const inventories = new Inventories(new DataFolder(folder));
  inventories.keep(anInventory({ commit: newer }));
  const asked: (readonly string[])[] = [];
  const git: Git = async (words) => {
    asked.push(words);
    return { ok: words.includes(older), out: "", said: [] };
  };
  const program = [
    process.execPath,
    "-e",
    `process.stdout.write(${JSON.stringify(printed)})`,
    "--",
  ];
  const take = (run: Partial<Run>) =>
    takeInventory(
      aRun(run),
      {
        ...{ inventories, git, mirror: folder, program, options: ["--registry=x"] },
        hide: (text) => text.replaceAll("sesame", "***"),
      },
      {
        folder,
        environment: {},
        signal: new AbortController().signal,
        clock: new FakeClock(),
        start: startHere,
      },
    );
  return { inventories, asked, take };
}

const taken = JSON.stringify({ ...anInventory().inventory, project: "sesame" });

test("a push that was built has the inventory of its branch, without secrets", async () => {
  const { inventories, asked, take } = room(taken);
  expect(await take({ commit: older, id: "r9" })).toBeUndefined();
  const { commit, run, inventory } = inventories.of("shop", "main") ?? anInventory();
  expect([commit, run, inventory.project, asked]).toEqual([older, "r9", "***", []]);
});

test("a commit that somebody asked for leaves the inventory of a newer one", async () => {
  const { inventories, asked, take } = room(taken);
  expect(await take({ commit: older, cause: { kind: "request", by: "anna" } })).toBeUndefined();
  expect(inventories.of("shop", "main")?.commit).toBe(newer);
  expect(asked).toEqual([["merge-base", "--is-ancestor", older, newer]]);
  const newest = "3".repeat(40);
  await take({ commit: newest, cause: { kind: "request", by: "anna" } });
  expect(inventories.of("shop", "main")?.commit).toBe(newest);
});

test("a tbuild that tells none is told of, and the last inventory stays", async () => {
  const { inventories, take } = room("no JSON");
  expect(await take({ commit: older })).toBe("the inventory could not be taken");
  expect(inventories.of("shop", "main")?.commit).toBe(newer);
});
