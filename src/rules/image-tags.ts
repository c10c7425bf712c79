/** The names that an image gets, for the rules that make one. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Target } from "../model/target.ts";
import { ownReference } from "./own-output.ts";
import { usageProblem } from "./problems.ts";
import { normaliseReference, parseReference } from "./reference.ts";

/** What the engine will call the image. */
export function tagsOf(tags: readonly string[] | undefined, target: Target): readonly string[] {
  const named = tags === undefined || tags.length === 0 ? [ownReference(target)] : tags;
  return [...new Set(named.map(normaliseReference))];
}

/** Tags that are no names of images. */
export function tagProblems(tags: readonly string[], target: Target): readonly Diagnostic[] {
  return tags.flatMap((tag) => {
    const parsed = parseReference(tag);
    if (parsed !== undefined && parsed.digest === undefined) return [];
    return [
      usageProblem(target, "tags", {
        code: "bad-tag",
        message: `\`${tag}\` is not a name for an image`,
        hint: "write NAME:TAG, the name in lower case: letters, digits, `.`, `_`, `-` and `/`",
      }),
    ];
  });
}
