/** What was pushed since the last look, by the commits of the branches alone: pure. */
import picomatch from "picomatch";
import { isBranch, isCommit } from "../records/names.ts";

export interface Push {
  readonly branch: string;
  readonly commit: string;
}

export interface HeadChanges {
  /** New branches, and those that moved, forwards or by force. */
  readonly pushes: readonly Push[];
  readonly deleted: readonly string[];
}

type Known = Readonly<Record<string, string>>;

/**
 * @param known commits by branch, of the last look
 * @param heads those that there are now
 */
export function compareHeads(
  known: Known,
  heads: ReadonlyMap<string, string>,
  patterns: readonly string[],
): HeadChanges {
  const fits = branchFilter(patterns);
  const wanted = [...heads].filter(([branch]) => fits(branch));
  const pushes = wanted
    .filter(([branch, commit]) => !Object.hasOwn(known, branch) || known[branch] !== commit)
    .map(([branch, commit]) => ({ branch, commit }));
  const deleted = Object.keys(known).filter((branch) => !heads.has(branch));
  return { pushes, deleted };
}

/** Names that git itself would not allow are no branches, whatever a server lists. */
export function branchFilter(patterns: readonly string[]): (branch: string) => boolean {
  const fits = picomatch([...patterns], { nonegate: true });
  return (branch) => isBranch(branch) && fits(branch);
}

/** All branches that are watched, as they are now. */
export function watchedHeads(
  heads: ReadonlyMap<string, string>,
  patterns: readonly string[],
): Known {
  const fits = branchFilter(patterns);
  return Object.fromEntries(
    [...heads].filter(([branch, commit]) => fits(branch) && isCommit(commit)),
  );
}
