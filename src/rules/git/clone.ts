/**
 * The clone of a URL: bare, and with the commits that targets needed, without their history where the
 * server gives that. Which commit is wanted, and what is done with it, is the business of others.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { ActContext } from "../rule.ts";
import { causeOf, gitFailed, NotToBeHad } from "./git-problems.ts";
import type { Git, GitAnswer } from "./git-program.ts";

export interface GitRoom {
  readonly git: Git;
  readonly context: ActContext;
}

export interface WantedCommit {
  /** All digits of it. */
  readonly commit: string;
  /** Name under which the server lists it, where it does. */
  readonly ref?: string;
}

/**
 * Sees to it that a commit is in the clone. One that is there costs no question to the server.
 * @returns the clone's folder; undefined when the server knows no such commit
 * @throws NotToBeHad
 */
export async function obtainCommit(
  url: string,
  wanted: WantedCommit,
  room: GitRoom,
): Promise<string | undefined> {
  const { clones } = room.context;
  const folder = clones.folderOf(url);
  return clones.exclusively(folder, async (isFirst) => {
    await openClone(folder, isFirst, room);
    if (await hasCommit(folder, wanted.commit, room)) return folder;
    return (await fetchCommit(folder, url, wanted, room)) ? folder : undefined;
  });
}

/**
 * All branches and tags with their history, for the start of a commit's name.
 * @returns the whole name, or undefined when there is none or more than one
 * @throws NotToBeHad
 */
export async function completeCommit(
  url: string,
  start: string,
  room: GitRoom,
): Promise<string | undefined> {
  const { clones } = room.context;
  const folder = clones.folderOf(url);
  return clones.exclusively(folder, async (isFirst) => {
    await openClone(folder, isFirst, room);
    const fetched = await fetchAll(folder, url, room);
    if (!fetched.ok) throw new NotToBeHad(url, fetched.said);
    const commit = await resolve(folder, start, room);
    // All of it came just now: nobody needs to ask for it again.
    return commit !== undefined && (await marked(folder, commit, room)) ? commit : undefined;
  });
}

async function openClone(folder: string, isFirst: boolean, { git }: GitRoom): Promise<void> {
  // Nobody else is here, so that these are of a run that was killed.
  if (isFirst) removeLeftovers(folder);
  if (existsSync(path.join(folder, "HEAD"))) return;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  const made = await git(["init", "--quiet", "--bare", "--template=", fresh]);
  if (!made.ok) throw gitFailed("start a clone", made.said);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

function removeLeftovers(folder: string): void {
  const objects = path.join(folder, "objects", "pack");
  const left = [
    ...namesIn(folder, false).filter((name) => name.endsWith(".lock")),
    ...namesIn(path.join(folder, "refs"), true).filter((name) => name.endsWith(".lock")),
    ...namesIn(objects, false).filter((name) => path.basename(name).startsWith("tmp_")),
  ];
  for (const file of left) rmSync(file, { force: true });
}

function namesIn(folder: string, recursive: boolean): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive, encoding: "utf8" }).map((name) =>
    path.join(folder, name),
  );
}

/** Set once all of a commit is there: an object alone would not say so. */
const markOf = (commit: string): string => `refs/tbuild/${commit}`;

async function hasCommit(folder: string, commit: string, room: GitRoom): Promise<boolean> {
  return (await resolve(folder, markOf(commit), room)) === commit;
}

async function resolve(
  repository: string,
  name: string,
  { git }: GitRoom,
): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const found = await git(args, { repository });
  return found.ok ? found.text.trim() : undefined;
}

/** Shallow where the server allows that, in full where it does not; by its commit where that is allowed. */
async function fetchCommit(
  folder: string,
  url: string,
  { commit, ref }: WantedCommit,
  room: GitRoom,
): Promise<boolean> {
  const { context } = room;
  for (const name of ref === undefined ? [commit] : [commit, ref]) {
    const answer = await fetch(folder, url, ["--depth=1", name], room);
    if (!answer.ok && isFinal(answer.said)) throw new NotToBeHad(url, answer.said);
    if (answer.ok && (await marked(folder, commit, room))) return true;
  }
  context.progress.output("the server gives no single commits: all of the history is fetched");
  const answer = await fetchAll(folder, url, room);
  if (!answer.ok) throw new NotToBeHad(url, answer.said);
  return marked(folder, commit, room);
}

/** Another way to ask would be answered in the same way. */
const isFinal = (said: readonly string[]): boolean =>
  causeOf(said) !== "other" && !/hung up|early eof/i.test(said.join("\n"));

async function fetchAll(folder: string, url: string, room: GitRoom): Promise<GitAnswer> {
  const isShallow = existsSync(path.join(folder, "shallow"));
  const all = ["+refs/heads/*:refs/remotes/all/*", "+refs/tags/*:refs/tags/*"];
  return fetch(folder, url, [...(isShallow ? ["--unshallow"] : []), "--prune", ...all], room);
}

/** @param words options, then names */
function fetch(
  repository: string,
  url: string,
  words: readonly string[],
  { git }: GitRoom,
): Promise<GitAnswer> {
  const options = words.filter((word) => word.startsWith("-"));
  const names = words.filter((word) => !word.startsWith("-"));
  const quiet = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
  return git([...quiet, ...options, "--", url, ...names], { repository });
}

/** @returns false when the commit is not there after all */
async function marked(folder: string, commit: string, room: GitRoom): Promise<boolean> {
  if ((await resolve(folder, commit, room)) !== commit) return false;
  const set = await room.git(["update-ref", markOf(commit), commit], { repository: folder });
  if (!set.ok) throw gitFailed(`keep \`${commit}\``, set.said);
  return true;
}
