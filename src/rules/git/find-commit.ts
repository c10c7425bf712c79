/** Finds out which commit a target wants: the only question to a server that each build may ask. */
import type { FilesView } from "../../files/files-view.ts";
import { isWholeCommit } from "../../model/pin.ts";
import { completeCommit, type GitRoom, type WantedCommit } from "./clone.ts";
import { NotToBeHad, unknownRef } from "./git-problems.ts";
import { findRef } from "./git-refs.ts";
import { renewingClone } from "./renew-clone.ts";

/**
 * @param ref commit, tag or branch; the remote's HEAD without it
 * @throws NotToBeHad, DiagnosticError for a name that is none
 */
export async function findCommit(
  url: string,
  ref: string | undefined,
  room: GitRoom,
): Promise<WantedCommit> {
  if (ref !== undefined && isWholeCommit(ref)) return { commit: ref.toLowerCase() };
  const listed = await listRefs(url, room);
  const found = findRef(listed, ref);
  if (found?.kind === "named") return found;
  const commit =
    found && (await renewingClone(url, room, () => completeCommit(url, found.commit, room)));
  if (commit === undefined) throw unknownRef(room.context.target, ref ?? "HEAD", url, listed);
  return { commit };
}

/**
 * @returns lines of `git ls-remote`: an object, a tab, a name
 * @throws NotToBeHad
 */
export async function listRefs(
  url: string,
  { git }: Pick<GitRoom, "git">,
): Promise<readonly string[]> {
  const answer = await git(["ls-remote", "--", url]);
  if (!answer.ok) throw new NotToBeHad(url, answer.said);
  return answer.text.split("\n").filter((line) => line !== "");
}

/** A path is relative to the workspace, and git runs elsewhere. */
export function urlOf(given: string, files: FilesView): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  if (isUrl) return given;
  const isPath = /^\.{0,2}\//.test(given) || files.kindOf(given) === "folder";
  return isPath ? files.absolute(given) : given;
}
