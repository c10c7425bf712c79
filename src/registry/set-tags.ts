/** Lets tags of one repository name a manifest that is there already. Sends no blob and makes no image. */
import type { Digest } from "../model/artifact.ts";
import { inParallel } from "../net/in-parallel.ts";
import { type Manifest, manifestDigest, readManifest, writeManifest } from "./manifests.ts";
import type { Place } from "./place.ts";

export interface SetTag {
  readonly tag: string;
  /** What it named before; undefined where it was not there. */
  readonly before: Digest | undefined;
}

export interface TagsToSet {
  /** A tag or a digest. */
  readonly from: string;
  readonly tags: readonly string[];
  /** Tell what would be written, and write nothing. */
  readonly dryRun: boolean;
  /** Told of each tag once it names the manifest. */
  readonly onTag: (set: SetTag, digest: Digest) => void;
}

/** Small requests at the same time. */
const atOnce = 8;

/**
 * One after the other, `latest` last; tags that name it already are not written.
 * @returns the manifest, or undefined where there is none
 * @throws DiagnosticError where the registry cannot be asked or refuses a tag
 */
export async function setTags(place: Place, asked: TagsToSet): Promise<Manifest | undefined> {
  const { from, dryRun, onTag } = asked;
  const manifest = await readManifest(place, from);
  if (manifest === undefined) return undefined;
  const tags = latestLast([...new Set(asked.tags)]);
  const before = await inParallel(tags, atOnce, place.signal, (tag, signal) =>
    manifestDigest({ ...place, signal }, tag),
  );
  for (const [index, tag] of tags.entries()) {
    const isThere = before[index] === manifest.digest;
    if (!isThere && !dryRun) await writeManifest(place, tag, manifest);
    onTag({ tag, before: before[index] }, manifest.digest);
  }
  return manifest;
}

const latestLast = (tags: readonly string[]): readonly string[] => [
  ...tags.filter((tag) => tag !== "latest"),
  ...tags.filter((tag) => tag === "latest"),
];
