/** Rule `git`: a checkout of a commit, a tag or a branch, without its history. */

import { isWholeCommit } from "../../model/pin.ts";
import { redactUrls, usageProblem } from "../problems.ts";
import { ruleKind } from "../rule.ts";
import { asksOf } from "./asked-commit.ts";
import { checkoutPlace, gitFields } from "./git-fields.ts";
import { sourceFiles } from "./source-files.ts";

export const git = ruleKind({
  kind: "git",
  help: "A checkout of a git repository",
  fields: gitFields,
  asksServer: true,
  notShared: ({ ref = "" }) => (isWholeCommit(ref) ? undefined : "follows a branch or a tag"),
  asks: asksOf,
  // Either would be read by git as an option.
  check: (values, target) =>
    (["git", "ref"] as const)
      .filter((key) => values[key]?.startsWith("-") || values[key] === "")
      .map((key) =>
        usageProblem(target, key, {
          code: "bad-git-name",
          message:
            key === "git"
              ? `\`${values.git}\` is no repository`
              : `\`${values.ref}\` is no commit, tag or branch`,
        }),
      ),
  outputs: (values, target) => [{ kind: "tree", path: checkoutPlace(values, target) }],
  sources: ({ git: url, ref }) =>
    url === undefined
      ? []
      : [{ kind: "git", url: redactUrls(url), ...(ref !== undefined && { ref }) }],
  title: (values) => (values.git === undefined ? "git" : `git ${redactUrls(values.git)}`),
  inputs: (values, files, target, environment) =>
    target.source === undefined ? [] : sourceFiles(target.source, values, files, environment),
  async act(values, context) {
    const { source } = context.target;
    if (source !== undefined)
      return (await import("./local-source.ts")).takeSource(source, values, context);
    const { checkOut } = await import("./git-checkout.ts");
    return checkOut(values, context);
  },
});
