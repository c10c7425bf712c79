/** Writes an entry of the shared cache: its blobs first, its tag last, so that what is found is whole. */
import { Readable } from "node:stream";
import type { Digest, KeptArtifact } from "../model/artifact.ts";
import type { BlobSource, Descriptor, ImageContent } from "../model/image-content.ts";
import type { TagChange } from "../registry/fleet-tag.ts";
import { writeManifest } from "../registry/manifests.ts";
import type { Place } from "../registry/place.ts";
import { BlobPlacer, beginBlobs, type KnownPlaces } from "../registry/place-blobs.ts";
import type { BlobStore } from "../store/blob-store.ts";
import { type CacheEntry, entryTag, packEntry, type StoredArtifact } from "./entry.ts";
import { packOutput } from "./pack-output.ts";

export interface MadeTarget extends Omit<CacheEntry, "stored"> {
  readonly artifacts: readonly KeptArtifact[];
}

export interface WritingParts {
  readonly place: Place;
  readonly blobs: BlobStore;
  /** An image by its ID, taken out of the engine. */
  readonly contentOf: (id: Digest) => Promise<ImageContent>;
  /** Absolute path of one that is relative to the workspace. */
  readonly absolute: (path: string) => string;
  /** Told of each blob that is in the store only to be sent. */
  readonly onPacked: (digest: Digest) => void;
  /** Whether the artifacts are still what the trace says, looked at once they are packed. */
  readonly isSame: () => boolean;
}

/**
 * @returns whether it was written; not where what it tells of changed meanwhile
 * @throws DiagnosticError where the engine, the registry or a file makes difficulties
 */
export async function writeEntry(made: MadeTarget, parts: WritingParts): Promise<boolean> {
  const { place, blobs } = parts;
  const { artifacts, ...about } = made;
  const images: ImageContent[] = [];
  const stored: StoredArtifact[] = [];
  for (const artifact of artifacts) {
    stored.push({ artifact, blob: await pack(artifact, parts, images) });
  }
  if (!parts.isSame()) return false;
  const { content, bytes } = packEntry({ ...about, stored });
  const source = sourceOf(blobs, bytes);
  const tags = [...images, content].map((each) => tagOf(each, place));
  const placer = new BlobPlacer({ ...place, source, known: nowhere, onProgress: () => undefined });
  beginBlobs(tags, placer);
  await placer.end();
  for (const image of images) await writeManifest(place, made.key, image.manifest);
  await writeManifest(place, entryTag(made.key), content.manifest);
  return true;
}

async function pack(
  artifact: KeptArtifact,
  { place, blobs, contentOf, absolute, onPacked }: WritingParts,
  images: ImageContent[],
): Promise<Descriptor> {
  if (artifact.kind !== "image") {
    const { path } = artifact;
    const blob = await packOutput({ path, source: absolute(path) }, blobs, place.signal);
    onPacked(blob.digest);
    return blob;
  }
  const content = await contentOf(artifact.digest);
  images.push(content);
  return content.manifest;
}

const tagOf = (content: ImageContent, place: Place): TagChange => ({
  tag: { repository: place.repository, tag: "", content },
  place,
  old: undefined,
});

/** All entries lie in one repository: there is nothing to take over from another one. */
const nowhere: KnownPlaces = { of: () => [], add: () => undefined, remove: () => undefined };

const sourceOf = (blobs: BlobStore, bytes: ReadonlyMap<Digest, Buffer>): BlobSource => ({
  open(digest, from) {
    const known = bytes.get(digest);
    return known ? Readable.from([known.subarray(from ?? 0)]) : blobs.open(digest, from);
  },
});
