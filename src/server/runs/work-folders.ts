/** Removes what is kept of branches that are gone: work folders and inventories. */
import { rmSync } from "node:fs";
import type { DataFolder } from "../records/data-folder.ts";
import type { Inventories } from "./inventories.ts";
import type { RunList } from "./run-list.ts";

interface BranchParts {
  readonly folder: DataFolder;
  readonly runs: RunList;
  readonly inventories: Inventories;
}

/** One with a run that is queued or runs keeps its folder. */
export function forgetBranches(
  { folder, runs, inventories }: BranchParts,
  repository: string,
  branches: readonly string[],
): void {
  const open = runs.open().filter((run) => run.repository === repository);
  for (const branch of branches) {
    inventories.forget(repository, branch);
    if (open.some((run) => run.branch === branch)) continue;
    rmSync(folder.work(repository, branch), { recursive: true, force: true });
  }
}
