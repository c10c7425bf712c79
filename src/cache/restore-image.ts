/**
 * Puts an image of the shared cache into the engine, under the names that it was made with and no other.
 * Every layer is verified, compressed and unpacked, before the engine gets any of it.
 */
import type { Docker } from "../docker/docker.ts";
import { imageContent, layerTypes } from "../images/image-manifest.ts";
import { loadImages } from "../images/load-images.ts";
import type { Digest, ImageArtifact } from "../model/artifact.ts";
import type { Descriptor } from "../model/image-content.ts";
import { inParallel } from "../net/in-parallel.ts";
import { BlobRecords } from "../store/blob-records.ts";
import { type BlobStore, type StoredBlob, Summing } from "../store/blob-store.ts";
import { type Compression, decompress, hasZstd } from "../store/compress.ts";
import { LayerForms } from "../store/layer-forms.ts";
import { damaged } from "./damage.ts";
import { readEntryManifest } from "./entry.ts";
import type { RemoteCache } from "./remote-cache.ts";

export interface ImageParts {
  readonly remote: RemoteCache;
  readonly blobs: BlobStore;
  readonly docker: Docker;
  readonly signal: AbortSignal;
}

/** Layers of one image at the same time. */
const atOnce = 4;

/** @throws CacheDamage where it is not the image that the entry tells of */
export async function restoreImage(
  artifact: ImageArtifact,
  manifest: Descriptor,
  parts: ImageParts,
): Promise<void> {
  const { docker, blobs, signal } = parts;
  if ((await docker.imageId(artifact.digest)) === artifact.digest) {
    for (const reference of artifact.references) await docker.tag(artifact.digest, reference);
    return;
  }
  const { config, layers } = await bringImage(artifact, manifest, parts);
  const diffIds = diffIdsOf(blobs.read(config.digest));
  if (diffIds.length !== layers.length) throw damaged("its image has other layers than it names");
  const records = new BlobRecords(blobs);
  const forms = new LayerForms(blobs, records);
  const unpacked: Descriptor[] = [];
  for (const [index, layer] of layers.entries()) {
    const diffId = diffIds[index] as Digest;
    const size = await verifiedSize(layer, diffId, blobs, records);
    unpacked.push({ mediaType: layerTypes.none, digest: diffId, size });
  }
  const content = imageContent(config.digest, config, unpacked);
  const source = {
    images: [{ content, references: artifact.references }],
    open: (digest: Digest) => forms.open(digest),
  };
  const [loaded] = await loadImages(source, { docker, dryRun: false, signal });
  if (loaded?.id !== artifact.digest) throw damaged(`its image became \`${loaded?.id}\``);
}

async function bringImage(
  { digest }: ImageArtifact,
  manifest: Descriptor,
  { remote, signal }: ImageParts,
) {
  const found = readEntryManifest((await remote.manifest(manifest)).bytes);
  // Engines name an image by its configuration, or by its manifest where they keep it as registries do.
  if (found.config.digest !== digest && manifest.digest !== digest) {
    throw damaged(`its image is \`${found.config.digest}\`, and should be \`${digest}\``);
  }
  const blobs = [found.config, ...found.layers];
  await inParallel(blobs, atOnce, signal, (blob) => remote.bring(blob));
  return found;
}

function diffIdsOf(config: Buffer | undefined): readonly Digest[] {
  try {
    const { rootfs } = JSON.parse(config?.toString("utf8") ?? "");
    if (Array.isArray(rootfs?.diff_ids)) return rootfs.diff_ids;
  } catch {
    // Told below.
  }
  throw damaged("the configuration of its image cannot be read");
}

/** Unpacks a layer to its end, unless that was done before. @returns its bytes when unpacked */
async function verifiedSize(
  layer: Descriptor,
  diffId: Digest,
  blobs: BlobStore,
  records: BlobRecords,
): Promise<number> {
  const compression = compressionOf(layer.mediaType);
  const known = records.layer(diffId, compression);
  if (known?.digest === layer.digest) return known.rawSize;
  const { digest, size } = await unpackedBlob(layer, compression, blobs);
  if (digest !== diffId) throw damaged(`layer \`${diffId}\` of its image is ${digest}`);
  if (compression !== "none") {
    const { digest: packed, size: packedSize } = layer;
    records.keepLayer(diffId, compression, { digest: packed, size: packedSize, rawSize: size });
  }
  return size;
}

async function unpackedBlob(
  layer: Descriptor,
  compression: Compression,
  blobs: BlobStore,
): Promise<StoredBlob> {
  const sum = new Summing();
  try {
    for await (const _ of sum.over(decompress(blobs.open(layer.digest), compression)));
    return sum.blob();
  } catch (error) {
    throw damaged(`layer \`${layer.digest}\` cannot be unpacked: ${(error as Error).message}`);
  }
}

function compressionOf(mediaType: string): Compression {
  if (mediaType.endsWith("zstd")) {
    if (hasZstd()) return "zstd";
    throw damaged("its layers are zstd, which this Node has not");
  }
  return mediaType.endsWith("gzip") ? "gzip" : "none";
}
