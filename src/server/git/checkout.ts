/**
 * Brings the work folder of a branch to a commit, by way of the mirror of its repository. What earlier runs
 * made stays there, so that what is fresh stays fresh. Links that lead out are refused before they exist.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { Git, GitAnswer, GitOptions } from "./git-program.ts";
import { isLink, isOwnState, readTree, staysInside } from "./links.ts";
import * as problems from "./problems.ts";

export interface Checkout {
  readonly url: string;
  readonly branch: string;
  readonly commit: string;
  /** Absolute. */
  readonly mirror: string;
  /** Absolute. */
  readonly work: string;
}

export interface CommitWords {
  readonly subject: string;
  readonly author: string;
}

type Ask = (folder: string, ...args: readonly string[]) => Promise<GitAnswer>;

const everything = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
const asRemote = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];

/** Only one at a time in a mirror, and in a work folder. */
export async function fetchMirror(
  git: Git,
  { url, mirror, commit }: Pick<Checkout, "url" | "mirror" | "commit">,
  options: GitOptions,
): Promise<Result<CommitWords>> {
  const ask = asking(git, options);
  mkdirSync(mirror, { recursive: true });
  removeLocks(mirror);
  const made = await ask(mirror, "init", "--quiet", "--bare", ".");
  if (!made.ok) return fail(problems.checkoutFailed("make the mirror", made.said));
  const fetched = await ask(
    mirror,
    "fetch",
    "--quiet",
    "--prune",
    "--force",
    "--",
    url,
    ...everything,
  );
  if (!fetched.ok) return fail(fetchProblem(url, fetched));
  // A branch that moved on meanwhile: some servers still give the commit by its name.
  const look = () => ask(mirror, "log", "-1", "--format=%s%x00%an", commit, "--");
  let told = await look();
  if (!told.ok) {
    await ask(mirror, "fetch", "--quiet", "--no-tags", "--", url, commit);
    told = await look();
    if (!told.ok) return fail(problems.commitGone(commit));
  }
  const [subject = "", author = ""] = told.out.trimEnd().split("\0");
  return ok({ subject: subject.slice(0, 200), author: author.slice(0, 100) });
}

/** Leaves what is not of the commit where it is. */
export async function checkOut(
  git: Git,
  { branch, commit, mirror, work }: Checkout,
  options: GitOptions,
): Promise<Result<void>> {
  const ask = asking(git, options);
  const refused = await refusedEntry(ask, git, { mirror, commit, options });
  if (refused !== undefined) return fail(refused);
  mkdirSync(work, { recursive: true });
  removeLocks(path.join(work, ".git"));
  const steps: readonly (readonly string[])[] = [
    ["init", "--quiet", "."],
    ["fetch", "--quiet", "--prune", "--force", "--", mirror, ...asRemote, commit],
    ["checkout", "--quiet", "--force", "--no-track", "-B", branch, commit, "--"],
  ];
  for (const [index, step] of steps.entries()) {
    const answer = await ask(work, ...step);
    const doing = index < 2 ? "fill the work folder" : `check out \`${commit.slice(0, 12)}\``;
    if (!answer.ok) return fail(problems.checkoutFailed(doing, answer.said));
  }
  return ok(undefined);
}

/** What a git that was killed left in a repository that nobody else uses now. */
function removeLocks(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(".lock")) rmSync(place, { force: true });
    else if (entry.isDirectory() && entry.name !== "objects") removeLocks(place);
  }
}

const asking =
  (git: Git, options: GitOptions): Ask =>
  (folder, ...args) =>
    git(args, { ...options, folder });

function fetchProblem(url: string, { said }: GitAnswer): Diagnostic {
  return /no space left|disk quota/i.test(said.join("\n"))
    ? problems.checkoutFailed("fetch", said)
    : problems.unreachable(url, said);
}

async function refusedEntry(
  ask: Ask,
  git: Git,
  { mirror, commit, options }: { mirror: string; commit: string; options: GitOptions },
): Promise<Diagnostic | undefined> {
  const listed = await ask(mirror, "ls-tree", "-r", "-z", commit, "--");
  if (!listed.ok) return problems.checkoutFailed("list the commit", listed.said);
  const entries = readTree(listed.out);
  const own = entries.find(isOwnState);
  if (own !== undefined) return problems.ownFolder(own.path);
  const links = entries.filter(isLink);
  if (links.length === 0) return undefined;
  const input = links.map(({ object }) => `${object}\n`).join("");
  const answer = await git(["cat-file", "--batch"], { ...options, folder: mirror, input });
  // Where bytes are no text the sizes would not fit any more.
  const [first] = links;
  if (answer.out.includes("\ufffd") && first) return problems.linkLeadsOut(first.path);
  const targets = readBatch(Buffer.from(answer.out, "utf8"));
  const bad = links.find(({ path: link }, index) => !staysInside(link, targets[index] ?? ""));
  return bad && problems.linkLeadsOut(bad.path);
}

/** `OBJECT blob SIZE`, a line feed, the content, a line feed, again and again. */
function readBatch(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(10, at);
    const size = Number(bytes.toString("latin1", at, feed).split(" ")[2]);
    if (feed < 0 || !Number.isInteger(size)) break;
    found.push(bytes.toString("utf8", feed + 1, feed + 1 + size));
    at = feed + 1 + size + 1;
  }
  return found;
}
