/** The wording of what ends a target that is not to do what cannot be undone. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { type Overwrite, overwriteLines, overwritesInShort } from "../../model/overwrite.ts";
import type { Target } from "../../model/target.ts";

const elsewhere = "push under another tag";

/** Nobody could be asked: the command line lacks a word. */
export const unconfirmedProblem = (
  target: Target,
  overwrites: readonly Overwrite[],
): Diagnostic => ({
  code: "unconfirmed",
  blame: "usage",
  message: `${overwritesInShort(overwrites)}, which cannot be undone, and there is no terminal to ask on`,
  at: target.declaredAt,
  hint: `add \`--yes\` if that is wanted, or ${elsewhere}`,
  details: overwriteLines(overwrites),
});

/** Somebody was asked, and does not want it. */
export const declinedProblem = (target: Target, overwrites: readonly Overwrite[]): Diagnostic => ({
  code: "declined",
  blame: "target",
  message: `${overwritesInShort(overwrites)}, and the answer was no`,
  at: target.declaredAt,
  hint: elsewhere,
});
