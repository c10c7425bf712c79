/** Which images are taken out together: those that have layers in common, directly or by way of others. */
import type { Digest } from "../model/artifact.ts";

/**
 * An engine gives nothing before it has read all that one request names, but reads a layer of several
 * images once: so those that share nothing are asked for one after the other.
 * @param imagesOf the images that have each layer; an image without layers is in none
 */
export function groupImages(
  ids: readonly Digest[],
  imagesOf: ReadonlyMap<Digest, readonly Digest[]>,
): readonly (readonly Digest[])[] {
  const groupOf = new Map(ids.map((id) => [id, [id]]));
  for (const sharing of imagesOf.values()) {
    const [first = [], ...others] = new Set(sharing.map((id) => groupOf.get(id) ?? []));
    for (const other of others) {
      first.push(...other);
      for (const id of other) groupOf.set(id, first);
    }
  }
  return [...new Set(groupOf.values())];
}
