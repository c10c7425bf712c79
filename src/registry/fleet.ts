/**
 * Pushes a whole fleet, all or nothing: every blob, then every manifest by its digest, then all tags
 * in one short burst. Until the burst no tag names anything else than before.
 */

import type { TagMove } from "../model/tag-move.ts";
import type { Traffic } from "../model/traffic.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { RegistryClient } from "./client.ts";
import type { FleetTag, TagChange } from "./fleet-tag.ts";
import { manifestDigest, writeManifest } from "./manifests.ts";
import type { Place } from "./place.ts";
import { type BlobPlacer, beginBlobs } from "./place-blobs.ts";
import { type BurstJournal, writeTags } from "./tag-burst.ts";

export interface FleetParts {
  readonly client: RegistryClient;
  /** Some blobs may be on their way already. */
  readonly placer: BlobPlacer;
  readonly signal: AbortSignal;
  /** Opened right before the first tag is written. */
  readonly journal: (moves: readonly TagMove[]) => BurstJournal;
  /**
   * Sees what each tag names now: before anything is sent, and right before the tags are written. It may ask
   * somebody, and then returns true: tags may have moved meanwhile. What it throws ends the push.
   */
  readonly confirm?: (changes: readonly TagChange[]) => Promise<boolean>;
  /** Told of each tag that names another image than before. */
  readonly onTag: (tag: FleetTag) => void;
}

export interface FleetReport {
  readonly traffic: Traffic;
  /** Tags that were written. */
  readonly written: number;
  /** Tags that named the image already. */
  readonly were: number;
  /** Those that are no followers, and the followers that were written. */
  readonly tags: readonly FleetTag[];
}

/** Small requests at the same time. */
const atOnce = 8;

/**
 * @throws DiagnosticError where the registry cannot be reached or refuses; from the tag burst on, with the tags
 *   that are not as they were, if there are any. The reason of `signal` when it is aborted before
 */
export async function pushFleet(
  tags: readonly FleetTag[],
  parts: FleetParts,
): Promise<FleetReport> {
  const before = await changesWithFollowers(tags, parts);
  await parts.confirm?.(before);
  const changed = before.filter(isChange);
  const missing = await missingManifests(changed, parts);
  beginBlobs(missing, parts.placer);
  const traffic = await parts.placer.end();
  await inParallel(missing, atOnce, parts.signal, async ({ place, tag }) =>
    writeManifest(place, tag.content.manifest.digest, tag.content.manifest),
  );
  // What was there when all began may be hours old.
  const last = (await changesOfNow(changed, parts)).filter(isChange);
  await writeTags(last, parts);
  const were = before.length - last.length;
  return { traffic, written: last.length, were, tags: before.map(({ tag }) => tag) };
}

/** Followers are looked at where the image is news to another tag of its repository. */
async function changesWithFollowers(
  tags: readonly FleetTag[],
  parts: FleetParts,
): Promise<readonly TagChange[]> {
  const first = await changesOf(
    tags.filter(({ follows }) => !follows),
    parts,
  );
  const news = new Set(first.filter(isChange).map(({ tag }) => keyOf(tag)));
  const followers = tags.filter((tag) => tag.follows && news.has(keyOf(tag)));
  return [...first, ...(await changesOf(followers, parts))];
}

const keyOf = ({ repository, content }: FleetTag): string =>
  `${repository} ${content.manifest.digest}`;

/** Looked at again for as long as somebody is asked about what was seen. */
async function changesOfNow(
  changed: readonly TagChange[],
  parts: FleetParts,
): Promise<readonly TagChange[]> {
  if (changed.length === 0) return [];
  const tags = changed.map(({ tag }) => tag);
  for (;;) {
    const now = await changesOf(tags, parts);
    if (!(await parts.confirm?.(now))) return now;
  }
}

const isChange = ({ old, tag }: TagChange): boolean => old !== tag.content.manifest.digest;

/** Each tag with the digest that it names in the registry. */
function changesOf(
  tags: readonly FleetTag[],
  { client, signal: outer }: FleetParts,
): Promise<readonly TagChange[]> {
  return inParallel(tags, atOnce, outer, async (tag, signal) => {
    const place: Place = { client, repository: tag.repository, signal };
    const old = await manifestDigest(place, tag.tag);
    return { tag, old, place: { ...place, signal: outer } };
  });
}

/** One tag for each manifest of a repository that is not there yet. */
async function missingManifests(
  changed: readonly TagChange[],
  { signal: outer }: FleetParts,
): Promise<readonly TagChange[]> {
  const each = new Map(changed.map((it) => [keyOf(it.tag), it]));
  const found = await inParallel([...each.values()], atOnce, outer, async (it, signal) => {
    const { digest } = it.tag.content.manifest;
    const there = await manifestDigest({ ...it.place, signal }, digest);
    return there === digest ? undefined : it;
  });
  return found.filter((it) => it !== undefined);
}
