/** What an image in the blob store is made of, told by the blob that its ID names. */
import type { Digest } from "../model/artifact.ts";
import type { Descriptor } from "../model/image-content.ts";
import type { ImageRecord } from "../store/blob-records.ts";
import type { BlobStore } from "../store/blob-store.ts";

interface Named {
  readonly rootfs?: { readonly diff_ids?: readonly Digest[] | null };
  readonly manifests?: readonly (Descriptor & {
    readonly annotations?: Readonly<Record<string, string>>;
  })[];
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

/** An ID names a configuration, or a manifest, or an index of manifests of which the first that is there is taken. */
export function readTaken(id: Digest, store: BlobStore): ImageRecord | undefined {
  const named = readJson(id, store);
  if (named === undefined) return undefined;
  if (named.rootfs) return configured(id, id, store);
  if (named.config && named.layers) return given(id, id, store);
  const images = named.manifests?.filter(({ annotations }) => !isAbout(annotations)) ?? [];
  for (const { digest } of images) {
    const found = given(id, digest, store);
    if (found) return found;
  }
  return undefined;
}

/** What BuildKit tells about an image stands beside it as if it were one. */
const isAbout = (annotations: Readonly<Record<string, string>> = {}): boolean =>
  annotations["vnd.docker.reference.type"] !== undefined;

function configured(id: Digest, config: Digest, store: BlobStore): ImageRecord | undefined {
  const rootfs = readJson(config, store)?.rootfs;
  const size = store.sizeOf(config);
  if (rootfs === undefined || size === undefined) return undefined;
  return { id, config: { digest: config, size }, diffIds: rootfs.diff_ids ?? [] };
}

function given(id: Digest, manifest: Digest, store: BlobStore): ImageRecord | undefined {
  const { mediaType, config, layers } = readJson(manifest, store) ?? {};
  if (!config || !layers) return undefined;
  const size = store.sizeOf(manifest);
  const image = configured(id, config.digest, store);
  const isWhole = layers.every((layer) => store.sizeOf(layer.digest) === layer.size);
  if (!image || size === undefined || !isWhole) return undefined;
  const type = mediaType ?? "application/vnd.oci.image.manifest.v1+json";
  return {
    ...image,
    given: { manifest: { mediaType: type, digest: manifest, size }, layers },
  };
}

function readJson(digest: Digest, store: BlobStore): Named | undefined {
  try {
    return JSON.parse(store.read(digest)?.toString("utf8") ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
