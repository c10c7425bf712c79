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

/** Milliseconds that an interruption waits: first for the tags, then for those that are put back. */
const grace = 1_000;

/** Milliseconds that putting tags back may take where nobody waits for the end. */
const longestRollback = 120_000;

/** @throws DiagnosticError with the tags that are not as they should be */
export async function writeTags(changes: readonly TagChange[], parts: Parts): Promise<void> {
  parts.signal.throwIfAborted();
  // From here on an interruption would leave half of the tags: the burst ends first, if it can.
  const burst = untilLater(parts.signal);
  const begun: TagChange[] = [];
  const write = async (change: TagChange): Promise<void> => {
    begun.push(change);
    const { manifest } = change.tag.content;
    await writeManifest({ ...change.place, signal: burst.signal }, change.tag.tag, manifest);
    parts.onTag(change.tag);
  };
  try {
    const isLatest = ({ tag }: TagChange) => tag.tag === "latest";
    const first = changes.filter((change) => !isLatest(change));
    await inParallel(first, atOnce, burst.signal, write);
    await inParallel(changes.filter(isLatest), atOnce, burst.signal, write);
  } catch (error) {
    const limit = AbortSignal.timeout(parts.signal.aborted ? grace : longestRollback);
    const problem = await rolledBack(error, begun, limit);
    // Where nothing is left of it, an interruption is nothing more than that.
    if (parts.signal.aborted && problem.diagnostic.details === undefined) {
      throw parts.signal.reason;
    }
    throw problem;
  } finally {
    burst.end();
  }
}

/** Aborts some time after the other one does. */
function untilLater(outer: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => later.abort(), grace);
  };
  outer.addEventListener("abort", start, { once: true });
  const end = () => {
    outer.removeEventListener("abort", start);
    clearTimeout(timer);
  };
  return { signal: later.signal, end };
}

/** Every tag whose write began may have been written: a lost answer tells nothing. */
async function rolledBack(
  cause: unknown,
  begun: readonly TagChange[],
  signal: AbortSignal,
): Promise<DiagnosticError> {
  const outcomes = await inParallel(begun, atOnce, signal, async (change) => {
    const place = { ...change.place, signal };
    return (await putBack(change, place).catch(() => false)) ? [] : [left(change, place)];
  });
  const wrong = outcomes.flat();
  const { name, message } = cause as Error;
  const why = name === "AbortError" ? "interrupted among the tags" : message;
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
