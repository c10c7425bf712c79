/** How many bytes of layers go with each of some images. Pure reckoning. */
import { createHash } from "node:crypto";
import type { LayerSize } from "../../docker/docker.ts";

/**
 * A layer that several of the images have goes with the last of them; one that stays elsewhere goes with none.
 * @param gone layers of the images that go, from the base up, in the order in which they go
 * @param kept layers of the images that stay, from the base up
 * @returns bytes by the same keys
 */
export function freedBytes(
  gone: ReadonlyMap<string, readonly LayerSize[]>,
  kept: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const staying = new Set(kept.flatMap((layers) => chains(layers)));
  const last = new Map<string, { readonly id: string; readonly bytes: number }>();
  for (const [id, layers] of gone) {
    for (const [index, chain] of chains(layers.map(({ digest }) => digest)).entries()) {
      if (!staying.has(chain)) last.set(chain, { id, bytes: layers[index]?.bytes ?? 0 });
    }
  }
  const freed = new Map([...gone.keys()].map((id) => [id, 0]));
  for (const { id, bytes } of last.values()) freed.set(id, (freed.get(id) ?? 0) + bytes);
  return freed;
}

/** The same layer on another one is kept apart: what counts is all that lies below, too. */
function chains(layers: readonly string[]): readonly string[] {
  let below = "";
  return layers.map((layer) => {
    below = createHash("sha256").update(`${below} ${layer}`).digest("hex");
    return below;
  });
}
