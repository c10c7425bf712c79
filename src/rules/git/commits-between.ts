/** Counts what lies between two commits of a repository, where all of its history is on this machine. Asks no server. */
import type { CommitsBetween } from "../../model/pin.ts";
import type { Asker } from "../asker.ts";
import { type Git, gitFor } from "./git-program.ts";
import { repositoryHere } from "./repository-here.ts";

/** @returns undefined where nobody here can tell: a clone without history knows no commits in between */
export async function commitsBetween(
  url: string,
  { from, to }: { readonly from: string; readonly to: string },
  asker: Asker,
): Promise<CommitsBetween | undefined> {
  const git = gitFor({ ...asker, progress: { output: () => undefined } });
  const folder = repositoryHere(url, asker);
  if (folder === undefined || !(await hasHistoryOf([from, to], folder, git))) return undefined;
  const isAncestor = await git(["merge-base", "--is-ancestor", from, to], { folder });
  if (!isAncestor.ok) return { kind: "rewritten" };
  const counted = await git(["rev-list", "--count", `${from}..${to}`], { folder });
  return counted.ok ? { kind: "ahead", commits: Number(counted.text) } : undefined;
}

async function hasHistoryOf(
  commits: readonly string[],
  folder: string,
  git: Git,
): Promise<boolean> {
  const shallow = await git(["rev-parse", "--is-shallow-repository"], { folder });
  if (!shallow.ok || shallow.text.trim() !== "false") return false;
  for (const commit of commits) {
    if (!(await git(["cat-file", "-e", `${commit}^{commit}`], { folder })).ok) return false;
  }
  return true;
}
