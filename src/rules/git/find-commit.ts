/** Finds out which commit a target wants: the only question to a server that each build may ask. */
import { completeCommit, type GitRoom, type WantedCommit } from "./clone.ts";
import { NotToBeHad, unknownRef } from "./git-problems.ts";
import { findRef, isCommit } from "./git-refs.ts";
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
  if (ref !== undefined && isCommit(ref)) return { commit: ref.toLowerCase() };
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
export async function listRefs(url: string, { git }: GitRoom): Promise<readonly string[]> {
  const answer = await git(["ls-remote", "--", url]);
  if (!answer.ok) throw new NotToBeHad(url, answer.said);
  return answer.text.split("\n").filter((line) => line !== "");
}
