/**
 * Brings the blobs of manifests into their repositories, each over the wire at most once: what is
 * there stays, what another repository of the registry has is taken over, the rest is sent.
 */
import type { Digest } from "../model/artifact.ts";
import type { BlobSource, Descriptor } from "../model/image-content.ts";
import type { Traffic } from "../model/traffic.ts";
import { Gate } from "../net/gate.ts";
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

export interface PlacingParts {
  readonly client: RegistryClient;
  readonly source: BlobSource;
  readonly known: KnownPlaces;
  readonly signal: AbortSignal;
  readonly onProgress: (blob: Digest, done: number, total: number) => void;
}

/** Blobs at the same time: more fill no wire, and registries begin to refuse. */
const atOnce = 6;

/** Repositories at the same time that one blob is taken over into. */
const mountsAtOnce = 4;

/** Blobs can be given one by one, while others are still made: what is on its way is not begun again. */
export class BlobPlacer {
  readonly #parts: PlacingParts;
  readonly #stop = new AbortController();
  readonly #gate = new Gate(atOnce);
  readonly #begun = new Map<Digest, Begun>();
  readonly #total = { sent: 0, mounted: 0, there: 0, shared: 0 };
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: PlacingParts) {
    this.#parts = { ...parts, signal: AbortSignal.any([parts.signal, this.#stop.signal]) };
  }

  /**
   * Begins to bring a blob into repositories; `end` waits for it.
   * @throws the failure of an earlier one, so that whoever makes more of them can stop
   */
  begin(blob: Descriptor, repositories: Iterable<string>): void {
    if (this.#failure) throw this.#failure.error;
    const begun = this.#begun.get(blob.digest) ?? {
      repositories: new Set(),
      end: Promise.resolve(),
    };
    const more = [...repositories].filter((repository) => !begun.repositories.has(repository));
    if (more.length === 0) return;
    for (const repository of more) begun.repositories.add(repository);
    // One after the other: the later ones take it over from the first.
    begun.end = begun.end.then(() => this.#gate.through(() => this.#place(blob, more)));
    this.#begun.set(blob.digest, begun);
  }

  /**
   * Waits for all that was begun.
   * @returns what became of the bytes, of all of it together
   * @throws DiagnosticError of the first that failed; the others are stopped then
   */
  async end(): Promise<Traffic> {
    await Promise.all([...this.#begun.values()].map(({ end }) => end));
    if (this.#failure) throw this.#failure.error;
    this.#parts.signal.throwIfAborted();
    return this.#total;
  }

  /** Stops what is on its way, and waits until it has. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#begun.values()].map(({ end }) => end));
  }

  async #place(blob: Descriptor, repositories: readonly string[]): Promise<void> {
    if (this.#parts.signal.aborted) return;
    try {
      this.#count(blob.size, await placeBlob(blob, repositories, this.#parts));
    } catch (error) {
      this.#failure ??= { error };
      this.#stop.abort();
    }
  }

  #count(size: number, { sent, mounted, there }: Placed): void {
    const total = this.#total;
    total.sent += sent * size;
    total.mounted += mounted * size;
    total.there += there * size;
    total.shared += Math.max(0, mounted - (sent === 0 ? 1 : 0)) * size;
  }
}

interface Begun {
  readonly repositories: Set<string>;
  end: Promise<void>;
}

/** Begins with the largest blob of these manifests: it decides how long all of it takes. */
export function beginBlobs(missing: readonly TagChange[], placer: BlobPlacer): void {
  const needs = new Map<Digest, { blob: Descriptor; repositories: Set<string> }>();
  for (const { tag } of missing) {
    for (const blob of [tag.content.config, ...tag.content.layers]) {
      const need = needs.get(blob.digest) ?? { blob, repositories: new Set() };
      need.repositories.add(tag.repository);
      needs.set(blob.digest, need);
    }
  }
  const sorted = [...needs.values()].sort((a, b) => b.blob.size - a.blob.size);
  for (const { blob, repositories } of sorted) placer.begin(blob, repositories);
}

/** Repositories that it was sent to, that took it over, and that had it. */
interface Placed {
  sent: number;
  mounted: number;
  there: number;
}

async function placeBlob(
  blob: Descriptor,
  repositories: readonly string[],
  parts: PlacingParts,
): Promise<Placed> {
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
  parts: PlacingParts,
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

const placeIn = (repository: string, { client, signal }: PlacingParts): Place => ({
  client,
  repository,
  signal,
});
