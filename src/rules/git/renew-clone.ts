/** Makes a clone that turned out to be damaged anew, once a run, and tells so. What failed is known to others. */
import { DiagnosticError } from "../../model/diagnostic.ts";
import { redactUrls } from "../problems.ts";
import type { GitRoom } from "./clone.ts";
import { causeOf, NotToBeHad } from "./git-problems.ts";

/** Does something with the clone of a URL, and does it again where the clone was the reason that it failed. */
export async function renewingClone<T>(
  url: string,
  room: GitRoom,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { clones, progress } = room.context;
    const folder = clones.folderOf(url);
    if (!mayBeDamage(error) || !(await isDamaged(folder, room))) throw error;
    if (clones.renew(folder)) progress.warn(renewed(url));
    return work();
  }
}

/** What no server and no disk can be blamed for. */
const mayBeDamage = (error: unknown): boolean =>
  error instanceof NotToBeHad
    ? causeOf(error.said) === "other"
    : error instanceof DiagnosticError && error.diagnostic.code === "git-failed";

/** Reads all of it, which may take long: only where something failed. */
async function isDamaged(repository: string, { git }: GitRoom): Promise<boolean> {
  return !(await git(["fsck", "--no-dangling", "--no-progress"], { repository })).ok;
}

const renewed = (url: string) => ({
  code: "clone-damaged",
  blame: "surroundings" as const,
  message: `the clone of \`${redactUrls(url)}\` is damaged and is made anew`,
});
