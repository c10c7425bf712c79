/** The wording of what git cannot do for the server. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { hideCredentials } from "../../report/redact.ts";

const surroundings = (
  code: string,
  message: string,
  more: Partial<Diagnostic> = {},
): Diagnostic => ({
  code,
  blame: "surroundings",
  message,
  ...more,
});

/** By what git said: a repository that is not there is not there a minute later either. */
export function unreachable(url: string, said: readonly string[]): Diagnostic {
  const text = said.join("\n");
  const shown = hideCredentials(url);
  const last = said.at(-1);
  const details = last === undefined ? {} : { details: [last] };
  if (/program `git` was not found/.test(text)) {
    return surroundings("git-missing", "program `git` was not found", { hint: "install git" });
  }
  if (/authentication failed|permission denied|could not read (username|password)/i.test(text)) {
    return surroundings("repository-denied", `\`${shown}\` denies access`, details);
  }
  if (/not found|does not (exist|appear)|no such file/i.test(text)) {
    return surroundings("repository-unknown", `there is no repository \`${shown}\``, details);
  }
  return surroundings("repository-unreachable", `cannot reach \`${shown}\``, {
    ...details,
    transient: true,
  });
}

export const commitGone = (commit: string): Diagnostic => ({
  code: "commit-gone",
  blame: "target",
  message: `commit \`${commit.slice(0, 12)}\` is gone from the repository`,
  hint: "a force push removed it; start a run of the newest commit",
});

export const linkLeadsOut = (link: string): Diagnostic => ({
  code: "link-leads-out",
  blame: "target",
  message: `the link \`${link}\` leads out of the repository, or may`,
  hint: "links may name what lies in the repository, with `..` at their beginning only",
});

export const ownFolder = (entry: string): Diagnostic => ({
  code: "own-folder",
  blame: "target",
  message: `the commit has \`${entry}\`, which is tbuild's own`,
  hint: "remove it from the repository, and add it to `.gitignore`",
});

export const checkoutFailed = (doing: string, said: readonly string[]): Diagnostic => {
  const text = said.join("\n");
  const isFull = /no space left|disk quota/i.test(text);
  const last = said.at(-1);
  return surroundings(
    isFull ? "disk-full" : "checkout-failed",
    isFull ? `cannot ${doing}: the disk is full` : `cannot ${doing}`,
    last === undefined ? {} : { details: [last] },
  );
};
