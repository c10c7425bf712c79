/**
 * The names that stand for values without being declared: where git is, and the numbers of a version. What
 * they stand for is found in `built-in-values.ts`.
 */
import { type GitName, gitNames } from "../../files/git-head.ts";
import { type SemanticPart, semanticParts } from "../../model/semantic-version.ts";

/** As target files write them; a parameter has no dot in its name. */
export const builtInNames: readonly string[] = [
  ...gitNames,
  ...semanticParts.map((part) => `semver.${part}`),
];

export const isGitName = (name: string): name is GitName =>
  gitNames.some((known) => known === name);

/** `major` of `semver.major`. */
export const semanticPartOf = (name: string): SemanticPart | undefined =>
  semanticParts.find((part) => name === `semver.${part}`);

/** Names that may not be fit for a tag of an image. */
export const isLoosePart = (key: string): boolean => key === "git.branch" || key === "git.tag";

/** The key of a number of a version: it says which value it is taken from. */
export const semanticKey = (part: SemanticPart, of: string): string => `semver.${part} of ${of}`;

/** What a key of `semanticKey` was made from. */
export function readSemanticKey(
  key: string,
): { readonly part: SemanticPart; readonly of: string } | undefined {
  const [, name = "", of = ""] = /^(semver\.\w+) of (.+)$/.exec(key) ?? [];
  const part = semanticPartOf(name);
  return part && { part, of };
}

/** The name as it is written in the target file. */
export const writtenName = (key: string): string => key.split(" ", 1)[0] as string;
