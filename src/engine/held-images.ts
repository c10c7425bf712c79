/** What of an inventory an engine holds: tags, ages and sizes, from its one list of images. */
import type { ImageSummary } from "../docker/docker.ts";
import type { InventoryImage } from "../model/inventory.ts";
import { type KnownImage, withoutTag } from "./inventory.ts";

type Held = Pick<InventoryImage, "tags" | "created" | "size">;

/** What the engine holds under the names of images, by the images. */
export function heldImages(
  known: readonly KnownImage[],
  images: readonly ImageSummary[],
): ReadonlyMap<KnownImage, Held> {
  const named = new Map<string, { readonly tag: string; readonly image: ImageSummary }[]>();
  for (const image of [...images].sort((a, b) => b.created - a.created)) {
    for (const reference of image.references) {
      const name = withoutTag(reference);
      const tag = reference.slice(name.length + 1);
      named.set(name, [...(named.get(name) ?? []), { tag, image }]);
    }
  }
  return new Map(
    known.map((each) => {
      const { references } = each;
      const held = [...new Set(references.map(withoutTag))].flatMap(
        (name) => named.get(name) ?? [],
      );
      const current = held.find(({ image }) =>
        image.references.some((reference) => references.includes(reference)),
      );
      const { image } = current ?? held[0] ?? {};
      const tags = [...new Set(held.map(({ tag }) => tag))];
      return [each, { tags, ...(image && aboutImage(image)) }];
    }),
  );
}

const aboutImage = ({ created, size }: ImageSummary) => ({
  created: new Date(created * 1000).toISOString(),
  size,
});
