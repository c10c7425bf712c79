/**
 * The inventories of branches, each of the newest commit that was built, in files that outlive their runs. How one
 * is taken is told in `take-inventory`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { inventoryFormat } from "../../model/inventory.ts";
import { replaceText } from "../../store/replace-file.ts";
import type { BranchInventory } from "../records/branch-inventory.ts";
import type { DataFolder } from "../records/data-folder.ts";

export class Inventories {
  readonly #folder: DataFolder;
  readonly #kept = new Map<string, BranchInventory>();

  constructor(folder: DataFolder) {
    this.#folder = folder;
    mkdirSync(folder.inventories, { recursive: true });
    for (const name of readdirSync(folder.inventories, { recursive: true, encoding: "utf8" })) {
      const found = name.endsWith(".json") && read(path.join(folder.inventories, name));
      if (found) this.#kept.set(keyOf(found.repository, found.branch), found);
    }
  }

  /** By repository and branch. */
  all(): readonly BranchInventory[] {
    return [...this.#kept.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  }

  of(repository: string, branch: string): BranchInventory | undefined {
    return this.#kept.get(keyOf(repository, branch));
  }

  /** @throws what the system does when it cannot be written */
  keep(inventory: BranchInventory): void {
    const { repository, branch } = inventory;
    const file = this.#folder.inventory(repository, branch);
    mkdirSync(path.dirname(file), { recursive: true });
    replaceText(file, `${JSON.stringify(inventory)}\n`);
    this.#kept.set(keyOf(repository, branch), inventory);
  }

  forget(repository: string, branch: string): void {
    rmSync(this.#folder.inventory(repository, branch), { force: true });
    this.#kept.delete(keyOf(repository, branch));
  }
}

const keyOf = (repository: string, branch: string): string => `${repository}\0${branch}`;

/** One that a crash tore, or an older server wrote, is taken again by the next run. */
function read(file: string): BranchInventory | undefined {
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as BranchInventory;
    return found.inventory.format === inventoryFormat ? found : undefined;
  } catch {
    return undefined;
  }
}
