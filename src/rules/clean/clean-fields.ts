/** The keys of rule `clean`, and what follows from them alone. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { parseDuration } from "../../model/duration-text.ts";
import { type RemovalKind, removalKinds } from "../../model/removal.ts";
import type { Target } from "../../model/target.ts";
import { optional, required, type ValuesOf } from "../fields.ts";
import { usageProblem } from "../problems.ts";

export const cleanFields = {
  clean: required("choice", "What to remove", { choices: ["project"] }),
  only: optional("strings", `Kinds of things to remove: ${removalKinds.join(", ")}`),
  "older-than": optional("string", "Remove only what was made or used longer ago: 12 h, 7 d"),
  "keep-images": optional("flag", "Leave the images in the engine"),
};

export type CleanValues = ValuesOf<typeof cleanFields>;

/** What to remove. */
export interface CleanRequest {
  readonly kinds: ReadonlySet<RemovalKind>;
  /** Milliseconds since the epoch: only what was made or used before then. */
  readonly before?: number;
}

/** The build cache is not known to be ours. */
const usual = removalKinds.filter((kind) => kind !== "cache");

/** @param now milliseconds since the epoch */
export function cleanRequest(values: CleanValues, now: number): CleanRequest {
  const kinds = new Set<RemovalKind>((values.only as readonly RemovalKind[] | undefined) ?? usual);
  if (values["keep-images"] === true) kinds.delete("images");
  const age = values["older-than"];
  const seconds = age === undefined ? undefined : parseDuration(age);
  return { kinds, ...(seconds !== undefined && { before: now - seconds * 1000 }) };
}

/** What the keys say that cannot be. */
export function cleanProblems(values: Partial<CleanValues>, target: Target): readonly Diagnostic[] {
  const { only = [], "older-than": age, "keep-images": keepImages } = values;
  const problems: Diagnostic[] = [];
  const known: readonly string[] = removalKinds;
  for (const kind of only.filter((each) => !known.includes(each))) {
    const message = `\`${kind}\` is no kind of things that \`clean\` removes`;
    const hint = `choose ${removalKinds.map((each) => `\`${each}\``).join(", ")}`;
    problems.push(usageProblem(target, "only", { code: "unknown-kind", message, hint }));
  }
  if (only.includes("images") && keepImages === true) {
    const message = "`only` names `images`, and `keep-images` keeps them";
    const hint = "leave one of them out";
    problems.push(usageProblem(target, "only", { code: "kept-and-removed", message, hint }));
  }
  if (age !== undefined && parseDuration(age) === undefined) {
    const message = `\`older-than\` cannot be \`${age}\`: expected a duration`;
    const hint = "write `12 h` or `7 d`";
    problems.push(usageProblem(target, "older-than", { code: "bad-value", message, hint }));
  }
  return problems;
}
