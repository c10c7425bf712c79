/**
 * Puts an image of the shared cache into the engine, under the names that it was made with and no other.
 * Layers that the engine has are neither fetched nor sent; every other one is verified, compressed and
 * unpacked, before the engine gets any of it.
 */
import { Readable } from "node:stream";
import type { Docker } from "../docker/docker.ts";
import { imageContent, layerTypes } from "../images/image-manifest.ts";
import { archiveBytes } from "../images/write-archive.ts";
import type { Digest, ImageArtifact } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { Descriptor } from "../model/image-content.ts";
import { inParallel } from "../net/in-parallel.ts";
import { BlobRecords } from "../store/blob-records.ts";
import { type BlobStore, type StoredBlob, Summing } from "../store/blob-store.ts";
import { type Compression, decompress, hasZstd } from "../store/compress.ts";
import { LayerForms } from "../store/layer-forms.ts";
import { damaged } from "./damage.ts";
import { readEntryManifest } from "./entry.ts";
import type { HeldLayers } from "./held-layers.ts";
import type { RemoteCache } from "./remote-cache.ts";

export interface ImageParts {
  readonly remote: RemoteCache;
  readonly blobs: BlobStore;
  readonly docker: Docker;
  readonly held: HeldLayers;
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
  const { docker, held } = parts;
  if ((await docker.imageId(artifact.digest)) === artifact.digest) {
    for (const reference of artifact.references) await docker.tag(artifact.digest, reference);
    return;
  }
  const image = await readImage(artifact, manifest, parts);
  const count = await held.count(image.diffIds, docker);
  let refusal = await load(artifact, image, count, parts);
  // Something took layers away from the engine meanwhile, or it keeps them in another way.
  if (refusal && count > 0) refusal = await load(artifact, image, 0, parts);
  if (refusal) throw damaged(refusal.message);
  for (const reference of artifact.references) {
    const id = await docker.imageId(reference);
    if (id !== artifact.digest) throw damaged(`its image became \`${id}\` in the engine`);
  }
  held.add(image.diffIds);
}

interface CachedImage {
  readonly config: Descriptor;
  /** As they lie in the registry. */
  readonly layers: readonly Descriptor[];
  /** Digests of the same when they are unpacked. */
  readonly diffIds: readonly Digest[];
}

async function readImage(
  { digest }: ImageArtifact,
  manifest: Descriptor,
  { remote, blobs }: ImageParts,
): Promise<CachedImage> {
  const { config, layers } = readEntryManifest((await remote.manifest(manifest)).bytes);
  // Engines name an image by its configuration, or by its manifest where they keep it as registries do.
  if (config.digest !== digest && manifest.digest !== digest) {
    throw damaged(`its image is \`${config.digest}\`, and should be \`${digest}\``);
  }
  await remote.bring(config);
  const diffIds = diffIdsOf(blobs.read(config.digest));
  if (diffIds.length !== layers.length) throw damaged("its image has other layers than it names");
  return { config, layers, diffIds };
}

/**
 * @param count of the layers from the base up that the engine holds
 * @returns what the engine says where it does not load it
 */
async function load(
  { references }: ImageArtifact,
  { config, layers, diffIds }: CachedImage,
  count: number,
  { remote, blobs, docker, signal }: ImageParts,
): Promise<DiagnosticError | undefined> {
  await inParallel(layers.slice(count), atOnce, signal, (layer) => remote.bring(layer));
  const records = new BlobRecords(blobs);
  const unpacked: Descriptor[] = [];
  for (const [index, layer] of layers.entries()) {
    const digest = diffIds[index] as Digest;
    const size = index < count ? 0 : await verifiedSize(layer, digest, blobs, records);
    unpacked.push({ mediaType: layerTypes.none, digest, size });
  }
  const images = [{ content: imageContent(config.digest, config, unpacked), references }];
  // A layer may stand in an image twice.
  const sent = new Set(diffIds.slice(count));
  const left = new Set(diffIds.slice(0, count).filter((digest) => !sent.has(digest)));
  const forms = new LayerForms(blobs, records);
  const bytes = archiveBytes(images, forms, "none", (digest) => left.has(digest));
  try {
    await docker.load(Readable.from(bytes, { objectMode: false }), signal);
  } catch (error) {
    const isRefused = error instanceof DiagnosticError && error.diagnostic.code === "load-failed";
    if (!isRefused) throw error;
    return error;
  }
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
