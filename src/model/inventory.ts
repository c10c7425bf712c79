/** Which images a target file knows, and what is known of each. Plain data, the same for people and programs. */

/** Built by itself on a change; by whoever calls tbuild; or by hand, which nobody can repeat. */
export const managedWays = ["automatic", "make", "manual"] as const;
export type Managed = (typeof managedWays)[number];

/** Raised when readers of the earlier form would go wrong; new keys are no reason. */
export const inventoryFormat = 1;

export type ImageSource =
  | {
      readonly kind: "git";
      readonly url: string;
      /** Commit, tag or branch that the target file names. */
      readonly ref?: string;
      /** Of the checkout that was made last. */
      readonly commit?: string;
    }
  /** Relative to the workspace. */
  | { readonly kind: "folder"; readonly path: string };

export interface PublishedTags {
  /** HOST/NAME */
  readonly repository: string;
  readonly tags: readonly string[];
}

export interface InventoryImage {
  /** Name without a tag; where the target file alone does not tell it, that of the target. */
  readonly image: string;
  readonly target: string;
  readonly managed: Managed;
  readonly help?: string;
  readonly sources: readonly ImageSource[];
  readonly lastBuild?: { readonly at: string; readonly seconds: number };
  /** In the engine. */
  readonly tags: readonly string[];
  /** In registries, where these were asked. */
  readonly published?: readonly PublishedTags[];
  /** When the image was made, in UTC as ISO 8601 writes it. */
  readonly created?: string;
  /** Bytes. */
  readonly size?: number;
}

export type InventoryTotals = Readonly<Record<"images" | Managed, number>>;

export interface Inventory {
  readonly kind: "inventory";
  readonly format: typeof inventoryFormat;
  readonly project: string;
  /** When it was taken. */
  readonly at: string;
  /** Whether the engine could be asked: without it there are no tags, ages and sizes. */
  readonly engine: boolean;
  readonly totals: InventoryTotals;
  /** In the order of the target file. */
  readonly images: readonly InventoryImage[];
}

export function totalsOf(images: readonly InventoryImage[]): InventoryTotals {
  const count = (managed: Managed): number =>
    images.filter((image) => image.managed === managed).length;
  return {
    images: images.length,
    automatic: count("automatic"),
    make: count("make"),
    manual: count("manual"),
  };
}
