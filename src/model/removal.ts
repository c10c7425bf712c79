/** What `clean` and `purge` may remove, by kind, and what they tell of it. */

/**
 * `cache` is the build cache of the engine, which does not say who made it: it goes where it is named, and
 * never by itself.
 */
export const removalKinds = ["files", "images", "containers", "cache", "blobs", "state"] as const;
export type RemovalKind = (typeof removalKinds)[number];

/** One thing that goes, or would go. */
export interface Removal {
  readonly what: RemovalKind;
  readonly name: string;
  /** How many things it stands for: files in a folder, images by one. */
  readonly count: number;
  /** Of disk that it frees. */
  readonly bytes: number;
}

export interface RemovalTotal {
  readonly what: RemovalKind;
  readonly count: number;
  readonly bytes: number;
}

/** Sums by kind, in the order of the kinds; those of which nothing goes left out. */
export function totalsOf(removals: readonly Removal[]): readonly RemovalTotal[] {
  return removalKinds.flatMap((what) => {
    const found = removals.filter((removal) => removal.what === what && removal.count > 0);
    if (found.length === 0) return [];
    const sum = (of: "count" | "bytes") => found.reduce((total, each) => total + each[of], 0);
    return [{ what, count: sum("count"), bytes: sum("bytes") }];
  });
}

const nouns: Readonly<Record<RemovalKind, readonly [one: string, many: string]>> = {
  files: ["file", "files"],
  images: ["image", "images"],
  containers: ["container", "containers"],
  cache: ["record of the build cache", "records of the build cache"],
  blobs: ["blob", "blobs"],
  state: ["file of state", "files of state"],
};

/** `1 image`, `2 records of the build cache`. */
export function countedThings({ what, count }: Pick<RemovalTotal, "what" | "count">): string {
  return `${count} ${nouns[what][count === 1 ? 0 : 1]}`;
}
