import { writeFileSync } from "node:fs";
import path from "node:path";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { FoldedTargets } from "../../src/server/runs/fold-targets.ts";
import { Inventories } from "../../src/server/runs/inventories.ts";
import { temporaryFolder } from "../support/folder.ts";
import { anInventory } from "./http/support/fake-core.ts";

const branchesOf = (kept: Inventories) => kept.all().map(({ branch }) => branch);

test("each branch has the inventory that was kept last, after a restart too", () => {
  const folder = new DataFolder(temporaryFolder());
  const kept = new Inventories(folder);
  kept.keep(anInventory({ branch: "release/1" }));
  kept.keep(anInventory({ commit: "1".repeat(40) }));
  kept.keep(anInventory({ commit: "2".repeat(40) }));
  expect(branchesOf(kept)).toEqual(["main", "release/1"]);
  expect(kept.of("shop", "main")?.commit).toBe("2".repeat(40));
  expect(new Inventories(folder).all()).toEqual(kept.all());
});

test("a branch that is gone has none", () => {
  const folder = new DataFolder(temporaryFolder());
  const kept = new Inventories(folder);
  kept.keep(anInventory());
  kept.forget("shop", "main");
  kept.forget("shop", "never-built");
  expect([kept.all(), new Inventories(folder).all()]).toEqual([[], []]);
});

test("a file that is torn, or of another form, is passed over", () => {
  const folder = new DataFolder(temporaryFolder());
  const kept = new Inventories(folder);
  for (const branch of ["main", "other", "third"]) kept.keep(anInventory({ branch }));
  writeFileSync(folder.inventory("shop", "main"), '{"repository":"sh');
  const { inventory, ...rest } = anInventory({ branch: "other" });
  const newer = JSON.stringify({ ...rest, inventory: { ...inventory, format: 2 } });
  writeFileSync(path.join(folder.inventories, "shop/other.json"), newer);
  expect(branchesOf(new Inventories(folder))).toEqual(["third"]);
});

test("who needs a group needs what is in it, groups of groups too", () => {
  const folded = new FoldedTargets();
  const drawn = (name: string, rule: string) => ({ name, title: name, rule });
  const edge = (from: string, to: string) => ({ from, to, kind: "dependency" as const });
  folded.expect({
    targets: [
      drawn("push", "push"),
      drawn("all", "group"),
      drawn("web", "group"),
      drawn("a", "run"),
      drawn("b", "run"),
    ],
    edges: [edge("push", "all"), edge("all", "web"), edge("all", "a"), edge("web", "b")],
  });
  expect(folded.targets.map(({ name, needs }) => [name, needs])).toEqual([
    ["push", ["a", "b"]],
    ["a", []],
    ["b", []],
  ]);
});
