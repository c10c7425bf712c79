/** Tells of pushes that were cut off among their tags and that nobody completed yet. */
import path from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { damagedBurst, unfinishedBurst } from "../rules/push/burst-problems.ts";
import { StateFolder } from "../store/state-folder.ts";
import { type FoundBurst, findBursts, setAside } from "../store/unfinished-bursts.ts";

/**
 * One warning each.
 * @param root absolute path of the workspace
 * @param keepsAside whether a damaged journal is put aside, so that it is told once: only for the one
 *   who holds the lock
 */
export function unfinishedPushes(root: string, keepsAside: boolean): readonly Diagnostic[] {
  return foundIn(new StateFolder(root).path).map((burst) => {
    if (burst.kind === "unfinished") return unfinishedBurst(burst);
    const file = keepsAside ? setAside(burst) : burst.file;
    return damagedBurst(burst.host, path.relative(root, file));
  });
}

/** A state folder that cannot be read is told by whoever needs more of it. */
function foundIn(folder: string): readonly FoundBurst[] {
  try {
    return findBursts(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return [];
  }
}
