/** Which commit a checkout is to have: the one of the lock, or what the server says the name stands for. */
import path from "node:path";
import type { FilesView } from "../../files/files-view.ts";
import { type Asked, isWholeCommit, type Pin, type PinsView } from "../../model/pin.ts";
import { pinKey } from "../../model/pin-key.ts";
import { shortPin, shownPin } from "../../model/pin-words.ts";
import type { Target } from "../../model/target.ts";
import { updateOf } from "../pinned-problems.ts";
import { failure } from "../problems.ts";
import type { WantedCommit } from "./clone.ts";
import type { GitValues } from "./git-fields.ts";

export type AskedCommit = Asked & { readonly kind: "git" };

/**
 * @returns undefined where nothing can move: for a whole commit, and for a repository of the workspace, which
 * is no server's
 */
export function askedCommit(
  { git: url, ref = "HEAD" }: Pick<GitValues, "git" | "ref">,
  root: string,
): AskedCommit | undefined {
  return isWholeCommit(ref) || isOfWorkspace(url, root) ? undefined : { kind: "git", url, ref };
}

/** The same as `asks` of a rule kind tells it; a local checkout is what it is. */
export function asksOf(values: GitValues, files: FilesView, { source }: Target): readonly Asked[] {
  if (source !== undefined) return [];
  const asked = askedCommit(values, files.absolute("."));
  return asked ? [asked] : [];
}

/** Whether it is a path, and leads into the workspace; another target may make what lies there. */
function isOfWorkspace(url: string, root: string): boolean {
  // An address of SSH has a colon before its first slash.
  if (/^[^/]*:/.test(url)) return false;
  const place = path.resolve(root, url);
  return place === root || place.startsWith(`${root}${path.sep}`);
}

/** The commit that counts, where another target of this run found another one under the same name. */
export function noted(
  wanted: WantedCommit,
  asked: AskedCommit | undefined,
  pins: PinsView,
): WantedCommit {
  const commit = asked ? pins.note(asked, wanted.commit) : wanted.commit;
  return commit === wanted.commit ? wanted : { commit };
}

/** The server does not have the commit any more. */
export function rewritten(asked: AskedCommit, { value, at }: Pin, target: Target) {
  const message = `the commit \`${shortPin(value)}\`, locked for ${shownPin(pinKey(asked))}, is no longer to be had`;
  return failure("surroundings", "commit-gone", message, {
    ...(at && { at }),
    details: ["asked for the commit itself, and looked for it in all branches and tags"],
    hint: updateOf(target, `what \`${asked.ref}\` stands for now`),
  });
}
