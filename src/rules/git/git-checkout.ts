/**
 * Checks out one commit. The result has no `.git`: its digest is that of the content, and the same commit
 * gives the same digest however it was obtained. How it gets here is told by `clone.ts`.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { artifactOf, placeOutput } from "../output-files.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { askedCommit, noted, rewritten } from "./asked-commit.ts";
import type { Checkout, Written } from "./checkout.ts";
import { type GitRoom, obtainCommit } from "./clone.ts";
import { findCommit, listRefs, urlOf } from "./find-commit.ts";
import { checkoutPlace, type GitValues } from "./git-fields.ts";
import { gitFailed, NotToBeHad, notToBeHad, unknownRef } from "./git-problems.ts";
import { gitFor } from "./git-program.ts";
import { fillLargeFiles } from "./large-files.ts";
import { refuseLinksOut } from "./links.ts";
import { renewingClone } from "./renew-clone.ts";
import { checkOutSubmodules } from "./submodules.ts";

export async function checkOut(values: GitValues, context: ActContext): Promise<ActOutcome> {
  const url = urlOf(values.git, context.files);
  const folder = path.join(await context.temporaryFolder(), "checkout");
  const room = { git: gitFor(context), context };
  const asked = askedCommit(values, context.files.absolute("."));
  const pin = asked && context.pins.known(asked);
  try {
    const wanted = pin
      ? { commit: pin.value }
      : noted(await findCommit(url, values.ref, room), asked, context.pins);
    const submodules = values.submodules === true;
    const isThere = await checkOutCommit({ url, wanted, folder, submodules }, room);
    if (!isThere && asked && pin) throw rewritten(asked, pin, context.target);
    if (!isThere)
      throw unknownRef(context.target, values.ref ?? "HEAD", url, await listRefs(url, room));
    refuseLinksOut(folder);
    const note = `at ${wanted.commit.slice(0, 7)}`;
    return placed(folder, values, { context, note, commit: wanted.commit });
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    return notToBeHad(error, room.git, context);
  }
}

/** Moves a finished checkout to its place. `commit`: what it is of, and nothing else. */
export function placed(
  folder: string,
  values: GitValues,
  {
    context,
    note,
    commit,
  }: { readonly context: ActContext; readonly note: string; readonly commit?: string },
): ActOutcome {
  const to = checkoutPlace(values, context.target);
  placeOutput(context, folder, to);
  const artifact = artifactOf(context.files, { kind: "tree", path: to });
  if (artifact === undefined) throw new Error(`checkout ${to} vanished`);
  return { kind: "made", artifacts: [artifact], note, ...(commit !== undefined && { commit }) };
}

/**
 * With its submodules where they are wanted. A clone that turns out to be damaged is made anew.
 * @returns false when the server knows no such commit
 * @throws NotToBeHad
 */
async function checkOutCommit(checkout: Checkout, room: GitRoom): Promise<boolean> {
  const { url, wanted, folder, submodules } = checkout;
  const clone = await renewingClone(url, room, () => obtainAndWrite(checkout, room));
  if (clone === undefined) return false;
  const written: Written = { url, clone, commit: wanted.commit, folder, index: indexOf(folder) };
  await fillLargeFiles(written, room);
  rmSync(written.index, { force: true });
  if (submodules) await checkOutSubmodules(written, room, checkOutCommit);
  return true;
}

async function obtainAndWrite(
  { url, wanted, folder }: Checkout,
  room: GitRoom,
): Promise<string | undefined> {
  const clone = await obtainCommit(url, wanted, room);
  if (clone === undefined) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // Neither hooks nor settings of a repository count here, and git goes through no link.
  const env = { GIT_WORK_TREE: folder, GIT_INDEX_FILE: indexOf(folder) };
  const args = [...pointersOnly, "read-tree", "--reset", "-u", wanted.commit];
  const written = await room.git(args, { repository: clone, folder, env });
  if (!written.ok) throw gitFailed(`check out \`${wanted.commit}\``, written.said);
  return clone;
}

const indexOf = (folder: string): string => `${folder}.index`;

/** Large files are filled in afterwards, whether their program is set up for its user or not. */
const pointersOnly = ["smudge=", "clean=", "process=", "required=false"].flatMap((setting) => [
  "-c",
  `filter.lfs.${setting}`,
]);
