/** The index of an OCI layout: which images lie in it, under which names. Reads and writes text only. */
import { registryOf } from "../docker/reference-parts.ts";
import type { Descriptor, ImageContent } from "../model/image-content.ts";
import { mediaTypes } from "./image-manifest.ts";

export interface NamedImage {
  readonly content: ImageContent;
  /** `name:tag`, as the engine prints them. */
  readonly references: readonly string[];
}

export const layoutJson = Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" }));

/** By this name skopeo and others find an image in a layout. */
const nameKey = "org.opencontainers.image.ref.name";
/** By this one containerd does, and engines that keep images in it. */
const containerdKey = "io.containerd.image.name";

export interface IndexEntry extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @param others entries that stay beside those of the images */
export function indexJson(
  images: readonly NamedImage[],
  others: readonly IndexEntry[] = [],
): Buffer {
  const manifests = [...others, ...images.flatMap(entriesOf)].sort(byName);
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }));
}

/** One for each name: several entries may be of one image. */
function entriesOf({ content: { manifest }, references }: NamedImage): readonly IndexEntry[] {
  const { mediaType, digest, size } = manifest;
  if (references.length === 0) return [{ mediaType, digest, size }];
  return references.map((reference) => ({
    mediaType,
    digest,
    size,
    annotations: { [containerdKey]: wholeName(reference), [nameKey]: reference },
  }));
}

/** What an entry is called; the engine's name for it, where it was written by tbuild or an engine. */
export function nameOf({ annotations = {} }: IndexEntry): string | undefined {
  const whole = annotations[containerdKey];
  return whole === undefined ? annotations[nameKey] : shortName(whole);
}

/** As the engine prints it. */
export const shortName = (reference: string): string =>
  reference.replace(/^docker\.io\/(library\/)?/, "");

const wholeName = (reference: string): string => {
  if (registryOf(reference) !== "docker.io" || reference.startsWith("docker.io/")) return reference;
  return reference.includes("/") ? `docker.io/${reference}` : `docker.io/library/${reference}`;
};

const keyOf = (entry: IndexEntry): string => `${nameOf(entry) ?? ""} ${entry.digest}`;

const byName = (a: IndexEntry, b: IndexEntry): number => (keyOf(a) < keyOf(b) ? -1 : 1);
