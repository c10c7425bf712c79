/** The version of a commit by the tags of its history, as semantic versions are counted. Where git is, is told by `git-head`. */
import { isSemanticVersion } from "../model/semantic-version.ts";

/** Runs git in the repository; undefined when it refuses. */
export type AskGit = (args: readonly string[]) => string | undefined;

export type FoundVersion =
  | { readonly kind: "version"; readonly text: string }
  /** Only a part of the history is there, so that nobody can count. */
  | { readonly kind: "shallow" }
  | { readonly kind: "no-git" };

/**
 * At a tag the version that it names: `1.2.3`. Behind it the next patch as a prerelease, with the number of
 * commits since and the commit: `1.2.4-5.g0123456789ab`, which sorts behind the tag, before the next one, and
 * by the number of commits.
 * @param short digits of the commit
 */
export function gitVersion(ask: AskGit, short: string): FoundVersion {
  const here = highest(ask, "--points-at");
  if (here === undefined) return { kind: "no-git" };
  if (here !== "") return { kind: "version", text: plain(here) };
  if (ask(["rev-parse", "--is-shallow-repository"])?.trim() === "true") return { kind: "shallow" };
  const last = highest(ask, "--merged") ?? "";
  const count = ask(["rev-list", "--count", last === "" ? "HEAD" : `refs/tags/${last}..HEAD`]);
  if (count === undefined) return { kind: "no-git" };
  return { kind: "version", text: after(plain(last), `${count.trim()}.g${short}`) };
}

/** The highest tag that is a version, as it is written; empty where there is none. */
function highest(ask: AskGit, which: "--points-at" | "--merged"): string | undefined {
  const sorted = ["-c", "versionsort.suffix=-", "tag", which, "HEAD", "--sort=-version:refname"];
  const tags = ask(sorted);
  return tags && (tags.split("\n").find(isSemanticVersion) ?? "");
}

/** Without the `v`, and without what stands behind `+`, which no tag of an image can have. */
const plain = (tag: string): string => tag.replace(/^v/, "").replace(/\+.*$/, "");

function after(last: string, more: string): string {
  if (last === "") return `0.0.0-${more}`;
  // Of two prereleases the one with more parts is the later.
  if (last.includes("-")) return `${last}.${more}`;
  const [major, minor, patch] = last.split(".");
  return `${major}.${minor}.${Number(patch) + 1}-${more}`;
}
