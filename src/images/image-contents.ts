/**
 * Images of an engine as registries and layouts hold them: taken out where they are not known yet, their
 * layers in the form that is asked for. What becomes of them is the caller's.
 */
import type { Docker, ProgressSink } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import type { Descriptor, ImageContent } from "../model/image-content.ts";
import { BlobRecords, type ImageRecord, type LayerRecord } from "../store/blob-records.ts";
import type { BlobStore } from "../store/blob-store.ts";
import type { Compression } from "../store/compress.ts";
import { LayerForms } from "../store/layer-forms.ts";
import { imageContent, layerTypes } from "./image-manifest.ts";
import { LayersInTurn } from "./layers-in-turn.ts";
import { takeOut } from "./take-out.ts";

export interface ContentParts {
  readonly docker: Pick<Docker, "save" | "layersOf">;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
  readonly progress?: Pick<ProgressSink, "transfer">;
  /**
   * Told of a layer that was put into the form that is asked for, while others still are, and of the images that
   * have it. What it throws ends all of it.
   */
  readonly onLayer?: (layer: Descriptor, images: readonly Digest[]) => void;
}

export interface ImageContents {
  /** In the order of the IDs that were asked for. */
  readonly contents: readonly ImageContent[];
  readonly forms: LayerForms;
}

/** With layers as they are sent: each is a blob of the store. */
export function packedContents(
  ids: readonly Digest[],
  compression: Compression,
  parts: ContentParts,
): Promise<ImageContents> {
  return contentsOf(ids, compression, parts, ({ digest, size }) => ({
    mediaType: layerTypes[compression],
    digest,
    size,
  }));
}

/** With layers that are named as they are unpacked, for archives that are compressed as a whole. */
export function unpackedContents(
  ids: readonly Digest[],
  compression: Compression,
  parts: ContentParts,
): Promise<ImageContents> {
  return contentsOf(ids, compression, parts, ({ rawSize }, diffId) => ({
    mediaType: layerTypes.none,
    digest: diffId,
    size: rawSize,
  }));
}

type Describe = (layer: LayerRecord, diffId: Digest) => Descriptor;

/** Those who ask at the same time wait for each other: what one takes out the next one finds there. */
function contentsOf(
  ids: readonly Digest[],
  compression: Compression,
  { docker, blobs, signal, progress, onLayer }: ContentParts,
  describe: Describe,
): Promise<ImageContents> {
  const records = new BlobRecords(blobs);
  const forms = new LayerForms(blobs, records);
  const makeForm = (diffId: Digest) => forms.make(diffId, compression, signal);
  return blobs.inTurn(async () => {
    const layers = new LayersInTurn(makeForm);
    const begin = (diffId: Digest, images: readonly Digest[]): void => {
      const made = layers.make(diffId);
      if (onLayer) made.then((layer) => onLayer(describe(layer, diffId), images)).catch(layers.end);
    };
    const taking = { docker, store: blobs, records, forms, compression, signal, onLayer: begin };
    try {
      const contents: ImageContent[] = [];
      for (const record of await takeOut(ids, { ...taking, ...(progress && { progress }) })) {
        contents.push(givenContent(record, blobs) ?? (await madeContent(record, layers, describe)));
      }
      return { contents, forms };
    } finally {
      await layers.close();
    }
  });
}

async function madeContent(
  { id, config, diffIds }: ImageRecord,
  made: LayersInTurn,
  describe: Describe,
): Promise<ImageContent> {
  const layers: Descriptor[] = [];
  for (const diffId of diffIds) layers.push(describe(await made.make(diffId), diffId));
  return imageContent(id, config, layers);
}

/** What an engine holds as registries do stays as it is: its ID is the digest of these very bytes. */
function givenContent(
  { id, config, given }: ImageRecord,
  blobs: BlobStore,
): ImageContent | undefined {
  const bytes = given && blobs.read(given.manifest.digest);
  if (!given || !bytes) return undefined;
  const named = (JSON.parse(bytes.toString("utf8")) as { config: Descriptor }).config;
  return {
    id,
    manifest: { ...given.manifest, bytes },
    config: { ...named, ...config },
    layers: given.layers,
  };
}
