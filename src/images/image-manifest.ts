/** Writes the manifest of an image, the same bytes for the same blobs. */
import type { Digest } from "../model/artifact.ts";
import type { Descriptor, ImageContent } from "../model/image-content.ts";
import { digestOfBytes, type StoredBlob } from "../store/blob-store.ts";
import type { Compression } from "../store/compress.ts";

export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
} as const;

export const layerTypes: Readonly<Record<Compression, string>> = {
  none: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
};

export function imageContent(
  id: Digest,
  config: StoredBlob,
  layers: readonly Descriptor[],
): ImageContent {
  const named = { mediaType: mediaTypes.config, digest: config.digest, size: config.size };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config: named, layers }),
  );
  const manifest = {
    mediaType: mediaTypes.manifest,
    digest: digestOfBytes(bytes),
    size: bytes.length,
    bytes,
  };
  return { id, manifest, config: named, layers };
}
