/**
 * Where the git repository of a folder stands: commit, branch and tag of its HEAD. Reads the files of the
 * repository, which takes a hundredth of the time of starting git; whether the tree has changes that are
 * not committed is not looked at.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { withoutGitPlaces } from "./git-environment.ts";
import { gitVersion } from "./git-version.ts";

export const gitNames = [
  "git.commit",
  "git.short",
  "git.branch",
  "git.tag",
  "git.version",
] as const;
export type GitName = (typeof gitNames)[number];

export type GitValue =
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "none"; readonly why: string; readonly hint: string };

/** Twelve digits: with seven, two of ten thousand commits are as likely as not the same. */
const shortLength = 12;

export class GitHead {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #head: Head | undefined;

  /**
   * Nothing is read before something is asked; HEAD is read once.
   * @param folder absolute path, in the working tree of the repository or above all of them
   * @param environment for the git program, which only tags may need
   */
  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#environment = environment;
  }

  value(name: GitName): GitValue {
    this.#head ??= readHead(this.#folder, this.#environment);
    const { commit, branch } = this.#head;
    if (this.#head.repository === undefined) return noRepository(this.#folder);
    switch (name) {
      case "git.commit":
        return commit === undefined ? noCommit : found(commit);
      case "git.short":
        return commit === undefined ? noCommit : found(commit.slice(0, shortLength));
      case "git.branch":
        return branch === undefined ? noBranch : found(branch);
      case "git.tag":
        return commit === undefined ? noCommit : this.#tag();
      case "git.version":
        return commit === undefined ? noCommit : this.#version(commit.slice(0, shortLength));
    }
  }

  /** Absolute paths of the files that say where HEAD is, there or not; none where there is no repository. */
  files(): readonly string[] {
    this.#head ??= readHead(this.#folder, this.#environment);
    return this.#head.files;
  }

  #version(short: string): GitValue {
    const version = gitVersion((args) => ask(this.#folder, this.#environment, args), short);
    switch (version.kind) {
      case "version":
        return found(version.text);
      case "shallow":
        return shallow;
      case "no-git":
        return noGit;
    }
  }

  /** What a tag stands for may lie in a pack: git is asked. Of several, the highest version is taken. */
  #tag(): GitValue {
    const sorted = ["-c", "versionsort.suffix=-", "tag", "--points-at", "HEAD"];
    const tags = ask(this.#folder, this.#environment, [...sorted, "--sort=-version:refname"]);
    if (tags === undefined) return noGit;
    const names = tags.split("\n").filter((tag) => tag !== "");
    const tag = names.find((each) => /^v?\d+\.\d+\.\d+/.test(each)) ?? names[0];
    return tag === undefined ? noTag : found(tag);
  }
}

/** The same for the same values: by it a plan notices another commit, branch or tag. */
export function gitDigest(names: readonly GitName[], head: GitHead): string {
  const values = names.map((name) => {
    const value = head.value(name);
    return value.kind === "value" ? value.text : null;
  });
  return createHash("sha256")
    .update(JSON.stringify([names, values]))
    .digest("hex")
    .slice(0, 32);
}

interface Head {
  readonly repository?: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly files: readonly string[];
}

function readHead(folder: string, environment: NodeJS.ProcessEnv): Head {
  const repository = findRepository(folder);
  if (repository === undefined) return { files: [] };
  const common = commonFolder(repository);
  const head = path.join(repository, "HEAD");
  // Newer repositories may keep their refs in tables of git's own.
  if (existsSync(path.join(common, "reftable"))) return askHead(folder, environment, repository);
  const text = read(head)?.trim() ?? "";
  const packed = path.join(common, "packed-refs");
  const ref = /^ref: (\S+)$/.exec(text)?.[1];
  if (ref === undefined) return { repository, files: [head], ...commitOf(text) };
  const loose = path.join(common, ref);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  return {
    repository,
    files: [head, loose, packed],
    ...commitOf(read(loose)?.trim() ?? packedCommit(packed, ref)),
    ...(branch !== undefined && { branch }),
  };
}

function askHead(folder: string, environment: NodeJS.ProcessEnv, repository: string): Head {
  const commit = ask(folder, environment, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  const branch = ask(folder, environment, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  return {
    repository,
    files: [path.join(repository, "HEAD"), path.join(repository, "reftable/tables.list")],
    ...commitOf(commit?.trim()),
    ...(branch && { branch: branch.trim() }),
  };
}

const commitOf = (text: string | undefined): { readonly commit?: string } =>
  text !== undefined && /^[0-9a-f]{40,64}$/.test(text) ? { commit: text } : {};

/** The `.git` of the nearest folder upwards that has one; a worktree or submodule has a file that names it. */
function findRepository(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const place = path.join(at, ".git");
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats?.isDirectory() && existsSync(path.join(place, "HEAD"))) return place;
    const named = stats?.isFile() ? /^gitdir: (.+)$/m.exec(read(place) ?? "")?.[1] : undefined;
    if (named !== undefined) return path.resolve(at, named.trim());
    if (at === path.dirname(at)) return undefined;
  }
}

/** Worktrees have a HEAD each, and their refs in common. */
function commonFolder(repository: string): string {
  const named = read(path.join(repository, "commondir"))?.trim();
  return named === undefined ? repository : path.resolve(repository, named);
}

function packedCommit(file: string, ref: string): string | undefined {
  const line = read(file)
    ?.split("\n")
    .find((each) => each.endsWith(` ${ref}`));
  return line?.split(" ", 1)[0];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "EISDIR", "EACCES"].includes(code)) return undefined;
    throw error;
  }
}

/** @returns what git prints; undefined when it is not there or refuses */
function ask(
  folder: string,
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): string | undefined {
  const env = { ...withoutGitPlaces(environment), LC_ALL: "C" };
  const options = { cwd: folder, env, encoding: "utf8" } as const;
  const { status, stdout } = spawnSync("git", args, {
    ...options,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout : undefined;
}

const found = (text: string): GitValue => ({ kind: "value", text });
const none = (why: string, hint: string): GitValue => ({ kind: "none", why, hint });

const orParameter = "or use a parameter in its place";
const noRepository = (folder: string): GitValue =>
  none(`\`${folder}\` lies in no git repository`, `run \`git init\`, ${orParameter}`);
const noCommit = none("the git repository has no commit yet", `commit something, ${orParameter}`);
const noBranch = none("HEAD is at a commit and on no branch", `check out a branch, ${orParameter}`);
const noTag = none("no tag names the commit that is checked out", `add one, ${orParameter}`);
const shallow = none(
  "the repository has only a part of its history",
  `run \`git fetch --unshallow --tags\`, ${orParameter}`,
);
const noGit = none(
  "git cannot tell the tags of its repository",
  `look at what \`git tag\` says, ${orParameter}`,
);
