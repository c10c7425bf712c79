/** Removes the work folders of branches that are gone. */
import { rmSync } from "node:fs";
import type { DataFolder } from "../records/data-folder.ts";
import type { RunList } from "./run-list.ts";

/** One with a run that is queued or runs keeps its folder. */
export function forgetBranches(
  folder: DataFolder,
  runs: RunList,
  repository: string,
  branches: readonly string[],
): void {
  const open = runs.open().filter((run) => run.repository === repository);
  for (const branch of branches) {
    if (open.some((run) => run.branch === branch)) continue;
    rmSync(folder.work(repository, branch), { recursive: true, force: true });
  }
}
