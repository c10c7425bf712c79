/**
 * Writes the tags of a whole fleet, `latest` last. When one cannot be written, all name again what
 * they named; a journal tells those who come after a kill what there was to do.
 */
import type { TagMove } from "../model/tag-move.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { FleetTag, TagChange } from "./fleet-tag.ts";
import { writeManifest } from "./manifests.ts";
import { rollBack } from "./roll-back.ts";
import { untilLater } from "./until-later.ts";

/** A record that outlives this process while tags may be a mixture. */
export interface BurstJournal {
  /** All tags name what they should, or again what they named. */
  end(): void;
  /** Some do not. */
  leave(): void;
}

interface Parts {
  readonly signal: AbortSignal;
  readonly journal: (moves: readonly TagMove[]) => BurstJournal;
  readonly onTag: (tag: FleetTag) => void;
}

const atOnce = 8;

/** Milliseconds that an interruption waits: first for the tags, then for those that are put back. */
const grace = 1_000;

/** Milliseconds that putting tags back may take where nobody waits for the end. */
const longestRollback = 120_000;

/** @throws DiagnosticError with the tags that are not as they should be */
export async function writeTags(changes: readonly TagChange[], parts: Parts): Promise<void> {
  parts.signal.throwIfAborted();
  if (changes.length === 0) return;
  const journal = parts.journal(changes.map(moveOf));
  const begun: TagChange[] = [];
  try {
    await writeAll(changes, begun, parts);
  } catch (error) {
    const limit = AbortSignal.timeout(parts.signal.aborted ? grace : longestRollback);
    const problem = await rollBack({ changes, begun, cause: error }, limit);
    if (problem.diagnostic.details !== undefined) {
      journal.leave();
      throw problem;
    }
    journal.end();
    // Where nothing is left of it, an interruption is nothing more than that.
    throw parts.signal.aborted ? parts.signal.reason : problem;
  }
  journal.end();
}

const moveOf = ({ tag, old }: TagChange): TagMove => ({
  repository: tag.repository,
  tag: tag.tag,
  ...(old !== undefined && { old }),
  new: tag.content.manifest.digest,
});

/** @param begun gets each tag before its write begins */
async function writeAll(
  changes: readonly TagChange[],
  begun: TagChange[],
  { signal, onTag }: Parts,
): Promise<void> {
  // From here on an interruption would leave half of the tags: the burst ends first, if it can.
  const burst = untilLater(signal, grace);
  const write = async (change: TagChange): Promise<void> => {
    begun.push(change);
    const { manifest } = change.tag.content;
    await writeManifest({ ...change.place, signal: burst.signal }, change.tag.tag, manifest);
    onTag(change.tag);
  };
  const isLatest = ({ tag }: TagChange) => tag.tag === "latest";
  const first = changes.filter((change) => !isLatest(change));
  try {
    await inParallel(first, atOnce, burst.signal, write);
    await inParallel(changes.filter(isLatest), atOnce, burst.signal, write);
  } finally {
    burst.end();
  }
}
