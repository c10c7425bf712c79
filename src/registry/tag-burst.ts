/**
 * Writes the tags of a whole fleet, `latest` last. When one cannot be written, all name again what
 * they named; a tag for which that is not possible either is told by name.
 */
import { DiagnosticError } from "../model/diagnostic.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { Place } from "./blobs.ts";
import type { FleetTag, TagChange } from "./fleet-tag.ts";
import { manifestDigest, readManifest, removeTag, writeManifest } from "./manifests.ts";

interface Parts {
  readonly signal: AbortSignal;
  readonly onTag: (tag: FleetTag) => void;
}

const atOnce = 8;

/** @throws DiagnosticError with the tags that are not as they should be */
export async function writeTags(changes: readonly TagChange[], parts: Parts): Promise<void> {
  parts.signal.throwIfAborted();
  // From here on an interruption would leave half of the tags: the burst ends first.
  const unstoppable = new AbortController().signal;
  const begun: TagChange[] = [];
  const write = async (change: TagChange): Promise<void> => {
    begun.push(change);
    const { manifest } = change.tag.content;
    await writeManifest({ ...change.place, signal: unstoppable }, change.tag.tag, manifest);
    parts.onTag(change.tag);
  };
  try {
    const isLatest = ({ tag }: TagChange) => tag.tag === "latest";
    const first = changes.filter((change) => !isLatest(change));
    await inParallel(first, atOnce, unstoppable, write);
    await inParallel(changes.filter(isLatest), atOnce, unstoppable, write);
  } catch (error) {
    throw await rolledBack(error, begun, unstoppable);
  }
}

/** Every tag whose write began may have been written: a lost answer tells nothing. */
async function rolledBack(
  cause: unknown,
  begun: readonly TagChange[],
  signal: AbortSignal,
): Promise<unknown> {
  const outcomes = await inParallel(begun, atOnce, signal, async (change) => {
    const place = { ...change.place, signal };
    return (await putBack(change, place).catch(() => false)) ? [] : [left(change, place)];
  });
  const wrong = outcomes.flat();
  const why = cause instanceof Error ? cause.message : String(cause);
  if (wrong.length === 0) {
    return problem(`${why}; every tag names what it named before`, [], cause);
  }
  const count = wrong.length === 1 ? "one tag does" : `${wrong.length} tags do`;
  return problem(`${why}; ${count} not name what it should`, wrong, cause);
}

async function putBack({ tag, old }: TagChange, place: Place): Promise<boolean> {
  if (old === undefined) {
    await removeTag(place, tag.tag);
    // Registries that cannot remove tags say so in many ways.
    return (await manifestDigest(place, tag.tag)) === undefined;
  }
  const manifest = await readManifest(place, old);
  if (manifest === undefined) return false;
  await writeManifest(place, tag.tag, manifest);
  return true;
}

function left({ tag, old }: TagChange, { client }: Place): string {
  const name = `${client.host}/${tag.repository}:${tag.tag}`;
  const before = old === undefined ? "is new and cannot be removed" : `named ${old}`;
  return `\`${name}\` ${before}; the new image is ${tag.content.manifest.digest}`;
}

function problem(message: string, details: readonly string[], cause: unknown): DiagnosticError {
  const hint =
    details.length === 0
      ? "push again: the images are there already, only their tags are left to write"
      : "push again to write all tags: the images are there already";
  const transient = cause instanceof DiagnosticError && cause.diagnostic.transient;
  const more = { ...(details.length > 0 && { details }), ...(transient && { transient }) };
  return new DiagnosticError(
    { code: "tags-incomplete", blame: "surroundings", message, hint, ...more },
    { cause },
  );
}
