/**
 * An entry of the shared cache as a registry keeps it: a manifest whose configuration is what the trace
 * tells, and whose layers are the files that were made. An image has a tag of its own beside it.
 */
import type { Digest, KeptArtifact } from "../model/artifact.ts";
import type { Descriptor, ImageContent } from "../model/image-content.ts";
import { digestOfBytes } from "../store/blob-store.ts";
import { entryFormat } from "./cache-key.ts";
import { damaged } from "./damage.ts";

export interface CacheEntry {
  readonly key: string;
  readonly target: string;
  /** Wall time of the run that made it. */
  readonly seconds: number;
  /** Each with the layer that holds it, or the manifest of the image. */
  readonly stored: readonly StoredArtifact[];
}

export interface StoredArtifact {
  readonly artifact: KeptArtifact;
  readonly blob: Descriptor;
}

interface EntryJson extends Omit<CacheEntry, "stored"> {
  readonly format: number;
  readonly artifacts: readonly KeptArtifact[];
  /** Manifests of the images among them, by image ID. */
  readonly images: Readonly<Record<Digest, Descriptor>>;
}

export const entryTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.tbuild.entry.v1+json",
  files: "application/vnd.tbuild.files.v1.tar+gzip",
  empty: "application/vnd.oci.empty.v1+json",
} as const;

/** Some registries take no manifest without a layer. */
const noBytes = Buffer.from("{}");
const noFiles: Descriptor = {
  mediaType: entryTypes.empty,
  digest: digestOfBytes(noBytes),
  size: noBytes.length,
};

/** The tag of the entry; the one of an image is the key alone, so that engines can pull it. */
export const entryTag = (key: string): string => `${key}.entry`;

export interface PackedEntry {
  readonly content: ImageContent;
  /** Blobs that lie in no store. */
  readonly bytes: ReadonlyMap<Digest, Buffer>;
}

export function packEntry({ stored, ...about }: CacheEntry): PackedEntry {
  const artifacts = stored.map(({ artifact }) => artifact);
  const images = stored.flatMap(({ artifact, blob }) =>
    artifact.kind === "image" ? [[artifact.digest, plain(blob)]] : [],
  );
  const json: EntryJson = {
    format: entryFormat,
    ...about,
    artifacts,
    images: Object.fromEntries(images),
  };
  const configBytes = Buffer.from(JSON.stringify(json));
  const config = {
    mediaType: entryTypes.config,
    digest: digestOfBytes(configBytes),
    size: configBytes.length,
  };
  const files = stored.flatMap(({ artifact, blob }) => (artifact.kind === "image" ? [] : [blob]));
  const layers = files.length > 0 ? files.map(plain) : [noFiles];
  const { manifest: mediaType } = entryTypes;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers }));
  const manifest = { mediaType, digest: digestOfBytes(bytes), size: bytes.length, bytes };
  return {
    content: { id: config.digest, manifest, config, layers },
    bytes: new Map([
      [config.digest, configBytes],
      [noFiles.digest, noBytes],
    ]),
  };
}

const plain = ({ mediaType, digest, size }: Descriptor): Descriptor => ({
  mediaType,
  digest,
  size,
});

/** What a manifest names, each by its digest. @throws CacheDamage */
export function readEntryManifest(bytes: Uint8Array): Pick<ImageContent, "config" | "layers"> {
  const found = parse(bytes, "its manifest") as Partial<ImageContent>;
  const { config, layers } = found;
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) {
    throw damaged("its manifest names no entry");
  }
  return { config, layers };
}

/**
 * Puts together what the configuration and the manifest of an entry tell.
 * @param bytes of the configuration, which have its digest
 * @throws CacheDamage
 */
export function readEntry(
  bytes: Uint8Array,
  layers: readonly Descriptor[],
  key: string,
): CacheEntry {
  const json = parse(bytes, "its configuration") as Partial<EntryJson>;
  const { format, target, seconds, artifacts, images } = json;
  if (format !== entryFormat || json.key !== key) throw damaged("it is an entry of something else");
  const isWhole = typeof target === "string" && typeof seconds === "number" && images !== undefined;
  if (!isWhole || !Array.isArray(artifacts) || !artifacts.every(isArtifact)) {
    throw damaged("its configuration is not whole");
  }
  const files = [...layers];
  const stored = artifacts.map((artifact: KeptArtifact) => {
    const blob = artifact.kind === "image" ? images[artifact.digest] : files.shift();
    if (!isDescriptor(blob)) throw damaged("its configuration tells of more than there is");
    return { artifact, blob };
  });
  return { key, target, seconds, stored };
}

function parse(bytes: Uint8Array, what: string): object {
  try {
    const found: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof found === "object" && found !== null) return found;
  } catch {
    // Told below.
  }
  throw damaged(`${what} cannot be read`);
}

const isDigest = (text: unknown): text is Digest =>
  typeof text === "string" && /^sha256:[0-9a-f]{64}$/.test(text);

function isDescriptor(found: unknown): found is Descriptor {
  const { mediaType, digest, size } = (found ?? {}) as Partial<Descriptor>;
  return typeof mediaType === "string" && isDigest(digest) && Number.isSafeInteger(size);
}

function isArtifact(found: unknown): found is KeptArtifact {
  const { kind, digest, ...place } = (found ?? {}) as KeptArtifact & Record<string, unknown>;
  if (!isDigest(digest)) return false;
  if (kind === "image") {
    const { references } = place as { references?: unknown };
    return Array.isArray(references) && references.every((name) => typeof name === "string");
  }
  return (kind === "file" || kind === "tree") && typeof place["path"] === "string";
}
