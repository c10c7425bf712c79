/** A tag of a registry that is about to name another image, where that cannot be undone; and its wording. */
import type { Digest } from "./artifact.ts";

export interface Overwrite {
  /** HOST/NAME:TAG */
  readonly reference: string;
  /** What it names in the registry; absent where it is not there. */
  readonly old?: Digest;
  /** Of the manifest; where the engine pushes, the ID of the image, since its manifest is made by the push. */
  readonly new: Digest;
  /** `a release`, or from which branch it comes and from which it should. */
  readonly why: string;
}

/** `agreed` and `declined` are answers, `given` is `--yes`, `unasked` where nobody could be asked. */
export const confirmationStates = ["asked", "agreed", "declined", "given", "unasked"] as const;
export type ConfirmationState = (typeof confirmationStates)[number];

/** `2 tags would be overwritten`; of those that are not there yet, `1 tag would be pushed`. */
export function overwritesInShort(overwrites: readonly Overwrite[]): string {
  const tags = overwrites.length === 1 ? "1 tag" : `${overwrites.length} tags`;
  const isNew = overwrites.every(({ old }) => old === undefined);
  return `${tags} would be ${isNew ? "pushed" : "overwritten"}`;
}

/** With whole digests: by the old one the image can be had back while the registry keeps it. */
export const overwriteLines = (overwrites: readonly Overwrite[]): readonly string[] =>
  overwrites.flatMap(({ reference, old, new: next, why }) => [
    `${reference}: ${why}`,
    `  now  ${old ?? "not there"}`,
    `  then ${next}`,
  ]);
