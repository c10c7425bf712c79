/**
 * Brings the blobs of manifests into their repositories, each over the wire at most once: what is
 * there stays, what another repository of the registry has is taken over, the rest is sent.
 */
import type { Digest } from "../model/artifact.ts";
import type { BlobSource, Descriptor } from "../model/image-content.ts";
import type { Traffic } from "../model/traffic.ts";
import { inParallel } from "../net/in-parallel.ts";
import { hasBlob, mountBlob } from "./blobs.ts";
import type { RegistryClient } from "./client.ts";
import type { TagChange } from "./fleet-tag.ts";
import type { Place } from "./place.ts";
import { sendBlob } from "./send-blob.ts";

/** What the registry was seen to hold, in this push and in earlier ones. */
export interface KnownPlaces {
  /** Repositories of the registry that held a blob. */
  of(digest: Digest): readonly string[];
  add(digest: Digest, repository: string): void;
  /** It turned out not to be so. */
  remove(digest: Digest, repository: string): void;
}

interface Parts {
  readonly client: RegistryClient;
  readonly source: BlobSource;
  readonly known: KnownPlaces;
  readonly signal: AbortSignal;
  readonly onProgress: (blob: Digest, done: number, total: number) => void;
}

interface Need {
  readonly blob: Descriptor;
  readonly repositories: readonly string[];
}

/** Blobs at the same time: more fill no wire, and registries begin to refuse. */
const atOnce = 6;

/** Repositories at the same time that one blob is taken over into. */
const mountsAtOnce = 4;

/**
 * @returns bytes: sent, taken over, there before, and shared by several repositories of this push
 * @throws DiagnosticError where the registry cannot be reached or refuses, `blob-unreadable` where a source fails
 */
export async function placeBlobs(missing: readonly TagChange[], parts: Parts): Promise<Traffic> {
  const total = { sent: 0, mounted: 0, there: 0, shared: 0 };
  await inParallel(needsOf(missing), atOnce, parts.signal, async (need, signal) => {
    const found = await placeBlob(need, { ...parts, signal });
    const { size } = need.blob;
    total.sent += found.sent * size;
    total.mounted += found.mounted * size;
    total.there += found.there * size;
    total.shared += Math.max(0, found.mounted - (found.sent === 0 ? 1 : 0)) * size;
  });
  return total;
}

/** The largest first: it decides how long all of it takes. */
function needsOf(missing: readonly TagChange[]): readonly Need[] {
  const needs = new Map<Digest, { blob: Descriptor; repositories: Set<string> }>();
  for (const { tag } of missing) {
    for (const blob of [tag.content.config, ...tag.content.layers]) {
      const need = needs.get(blob.digest) ?? { blob, repositories: new Set() };
      need.repositories.add(tag.repository);
      needs.set(blob.digest, need);
    }
  }
  return [...needs.values()]
    .map(({ blob, repositories }) => ({ blob, repositories: [...repositories] }))
    .sort((a, b) => b.blob.size - a.blob.size);
}

/** Repositories that it was sent to, that took it over, and that had it. */
interface Placed {
  sent: number;
  mounted: number;
  there: number;
}

async function placeBlob({ blob, repositories }: Need, parts: Parts): Promise<Placed> {
  const { known, signal } = parts;
  const placed: Placed = { sent: 0, mounted: 0, there: 0 };
  const lacking: string[] = [];
  const seen = await inParallel(repositories, mountsAtOnce, signal, (repository, inner) =>
    hasBlob(placeIn(repository, { ...parts, signal: inner }), blob.digest),
  );
  for (const [index, repository] of repositories.entries()) {
    if (seen[index]) known.add(blob.digest, repository);
    else lacking.push(repository);
  }
  placed.there = repositories.length - lacking.length;
  // One first, so that the others have where to take it from.
  const [first, ...others] = lacking;
  if (first !== undefined) await bring(blob, first, placed, parts);
  await inParallel(others, mountsAtOnce, signal, (repository, inner) =>
    bring(blob, repository, placed, { ...parts, signal: inner }),
  );
  return placed;
}

async function bring(
  blob: Descriptor,
  repository: string,
  placed: Placed,
  parts: Parts,
): Promise<void> {
  const { known, source, onProgress } = parts;
  const place = placeIn(repository, parts);
  let begun: URL | undefined;
  const from = known.of(blob.digest).find((other) => other !== repository);
  if (from !== undefined) {
    const mount = await mountBlob(place, blob.digest, from);
    if (mount.mounted) placed.mounted++;
    else {
      known.remove(blob.digest, from);
      begun = mount.upload;
    }
    if (mount.mounted) return known.add(blob.digest, repository);
  }
  const report = (done: number) => onProgress(blob.digest, done, blob.size);
  await sendBlob(place, { blob, source, begun, onProgress: report });
  placed.sent++;
  known.add(blob.digest, repository);
}

const placeIn = (repository: string, { client, signal }: Parts): Place => ({
  client,
  repository,
  signal,
});
