/** Fleets of small images, and their pushes to a fake registry. */
import type { Digest } from "../../src/model/artifact.ts";
import { type FleetParts, type FleetReport, pushFleet } from "../../src/registry/fleet.ts";
import type { FleetTag } from "../../src/registry/fleet-tag.ts";
import { BlobPlacer, type KnownPlaces } from "../../src/registry/place-blobs.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import type { FakeBlobs } from "../support/fleet-images.ts";
import { clientOf } from "./room.ts";

export class Known implements KnownPlaces {
  readonly places = new Map<Digest, Set<string>>();

  of = (digest: Digest) => [...(this.places.get(digest) ?? [])];
  add = (digest: Digest, repository: string) =>
    void this.places.set(digest, (this.places.get(digest) ?? new Set()).add(repository));
  remove = (digest: Digest, repository: string) => void this.places.get(digest)?.delete(repository);
}

interface Pushing {
  readonly registry: FakeRegistry;
  readonly source: FakeBlobs;
  readonly tags: readonly FleetTag[];
  readonly known?: Known;
  readonly signal?: AbortSignal;
  readonly patience?: number;
  readonly journal?: FleetParts["journal"];
}

export function push({
  registry,
  source,
  tags,
  known,
  signal,
  patience,
  journal,
}: Pushing): Promise<FleetReport> {
  const client = clientOf(registry.host, patience === undefined ? {} : { patience });
  const parts = { client, signal: signal ?? new AbortController().signal };
  const placing = { source, known: known ?? new Known(), onProgress: () => undefined };
  return pushFleet(tags, {
    ...parts,
    placer: new BlobPlacer({ ...parts, ...placing }),
    journal: journal ?? (() => ({ end: () => undefined, leave: () => undefined })),
    onTag: () => undefined,
  });
}

/** Images on one base, each with tags `1` and `latest`; `version` makes others of them. */
export function fleet(source: FakeBlobs, count: number, version = "1", base = 20_000): FleetTag[] {
  return Array.from({ length: count }, (_, nth) => {
    const content = source.image(`i${nth} ${version}`, [
      `base*${base}`,
      `layer ${nth} ${version}*500`,
    ]);
    return ["1", "latest"].map((tag) => ({ repository: `team/i${nth}`, tag, content }));
  }).flat();
}

export const digestsOf = (tags: readonly FleetTag[]): Record<string, string> =>
  Object.fromEntries(
    tags
      .map(({ repository, tag, content }) => [`${repository}:${tag}`, content.manifest.digest])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
