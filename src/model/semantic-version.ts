/** Semantic versions: what is one, and its three numbers. Compares none. */

export const semanticParts = ["major", "minor", "patch"] as const;
export type SemanticPart = (typeof semanticParts)[number];

/** The expression that semver.org gives, with the `v` that tags of git begin with. */
const semantic =
  /^v?(?<major>0|[1-9]\d*)\.(?<minor>0|[1-9]\d*)\.(?<patch>0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** @returns undefined for what is no semantic version */
export const semanticPart = (version: string, part: SemanticPart): string | undefined =>
  semantic.exec(version)?.groups?.[part];

export const isSemanticVersion = (text: string): boolean => semantic.test(text);
