/** The wording of every problem with `--source`. */
import type { Diagnostic } from "../../model/diagnostic.ts";

const usage = (code: string, message: string, hint: string): Diagnostic => ({
  code,
  blame: "usage",
  message,
  hint,
});

export const notNameAndPath = (typed: string): Diagnostic =>
  usage(
    "bad-source",
    `option \`--source\` cannot be \`${typed}\`: expected \`NAME=PATH\``,
    "write `--source api=../api` for a target `api` with the rule `git`",
  );

export const sourceMissing = (name: string, given: string): Diagnostic =>
  usage(
    "source-missing",
    `source \`${given}\` of \`${name}\` does not exist`,
    "paths of `--source` start at the current folder",
  );

export const sourceNoFolder = (name: string, given: string): Diagnostic =>
  usage(
    "source-no-checkout",
    `source \`${given}\` of \`${name}\` is a file, and no checkout`,
    "name the folder of a checkout",
  );

/** @param said what git says, which may be another reason than that there is none */
export const sourceNoCheckout = (
  name: string,
  given: string,
  said: readonly string[],
): Diagnostic => ({
  ...usage(
    "source-no-checkout",
    `source \`${given}\` of \`${name}\` is no checkout of a git repository`,
    "name the folder of one; a plain folder is given by the rule `use`",
  ),
  ...(said.length > 0 && { details: said }),
});

export const sourceBelow = (name: string, given: string, top: string): Diagnostic =>
  usage(
    "source-below",
    `source \`${given}\` of \`${name}\` is a folder in a checkout, and not all of it`,
    `name \`${top}\``,
  );

export const noGitTarget = (
  name: string,
  rule: string | undefined,
  fit: readonly string[],
): Diagnostic =>
  usage(
    "source-of-no-checkout",
    `\`${name}\` is no checkout: it ${rule === undefined ? "is a group" : `has the rule \`${rule}\``}`,
    fit.length === 0
      ? "no target has the rule `git`"
      : `these have the rule \`git\`: ${fit
          .slice(0, 8)
          .map((each) => `\`${each}\``)
          .join(", ")}`,
  );

export const twoSources = (name: string): Diagnostic =>
  usage("two-sources", `\`${name}\` has two sources`, "leave one of them out");
