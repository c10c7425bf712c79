/** What a repository has at the moment: its branches and their commits. Keeps nothing. */
import { fail, ok, type Result } from "../../model/result.ts";
import type { Git, GitOptions } from "./git-program.ts";
import { unreachable } from "./problems.ts";

/** Commits by the names of the branches. */
export type Heads = ReadonlyMap<string, string>;

export async function readHeads(
  git: Git,
  url: string,
  options: GitOptions,
): Promise<Result<Heads>> {
  const answer = await git(["ls-remote", "--heads", "--", url], options);
  if (!answer.ok) return fail(unreachable(url, answer.said));
  const heads = answer.out.split("\n").flatMap((line): [string, string][] => {
    const [, commit, branch] = /^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/.exec(line) ?? [];
    return commit !== undefined && branch !== undefined ? [[branch, commit]] : [];
  });
  return ok(new Map(heads));
}
