/** Completes a tag burst that was cut off: tags that are still old move, what others moved stays. */
import type { Digest } from "../model/artifact.ts";
import type { TagMove } from "../model/tag-move.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { RegistryClient } from "./client.ts";
import { manifestDigest, readManifest, writeManifest } from "./manifests.ts";
import type { Place } from "./place.ts";

export interface Completion {
  readonly moved: readonly TagMove[];
  /** Tags that named their new image already. */
  readonly were: number;
  readonly leftAlone: readonly LeftAlone[];
}

export interface LeftAlone {
  readonly move: TagMove;
  /** What it names now; undefined where it is not there. */
  readonly names: Digest | undefined;
  /** Whether the new image is gone from the registry; else something else moved the tag. */
  readonly isGone: boolean;
}

interface Parts {
  readonly client: RegistryClient;
  readonly signal: AbortSignal;
}

/** Small requests at the same time. */
const atOnce = 8;

/** @throws DiagnosticError where the registry cannot be asked or refuses a tag; it may be called again then */
export async function completeBurst(
  moves: readonly TagMove[],
  { client, signal }: Parts,
): Promise<Completion> {
  const names = await inParallel(moves, atOnce, signal, (move, inner) =>
    manifestDigest({ client, repository: move.repository, signal: inner }, move.tag),
  );
  const seen = moves.map((move, index) => ({ move, names: names[index] }));
  const old = seen.filter(({ move, names: now }) => now !== move.new && now === move.old);
  const foreign = seen.filter(({ move, names: now }) => now !== move.new && now !== move.old);
  const isLatest = ({ move }: Seen) => move.tag === "latest";
  const write = (some: readonly Seen[]) =>
    inParallel(some, atOnce, signal, async (it, inner) => {
      const place = { client, repository: it.move.repository, signal: inner };
      return (await moveTag(it.move, place)) ? [] : [{ ...it, isGone: true }];
    });
  const first = await write(old.filter((it) => !isLatest(it)));
  const last = await write(old.filter(isLatest));
  const gone = [...first, ...last].flat();
  const stayed = new Set(gone.map(({ move }) => move));
  return {
    moved: old.map(({ move }) => move).filter((move) => !stayed.has(move)),
    were: seen.length - old.length - foreign.length,
    leftAlone: [...foreign.map((it) => ({ ...it, isGone: false })), ...gone],
  };
}

type Seen = Pick<LeftAlone, "move" | "names">;

/** @returns whether the new image is there */
async function moveTag({ tag, new: next }: TagMove, place: Place): Promise<boolean> {
  const manifest = await readManifest(place, next);
  if (manifest === undefined) return false;
  await writeManifest(place, tag, manifest);
  return true;
}
