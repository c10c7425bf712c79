/** Has git pack a repository that fetches filled, where it says that this is worth it. When that may be is told by others. */
import { statSync } from "node:fs";
import type { Git } from "./git-program.ts";

/** Of what nothing names any more, commits stay that a force push removed two weeks ago or later. */
const words = ["-c", "gc.auto=6700", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"];

/** Ended in the middle, or failed: the repository is as good as before, and the next time does it. */
export async function packRepository(
  git: Git,
  folder: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const { ok } = await git(words, { folder, signal, isIdle: true });
  return ok;
}
