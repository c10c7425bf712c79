/** Gives tags back what they named before a burst that failed, and says of each where that was not possible. */
import { DiagnosticError } from "../model/diagnostic.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { TagChange } from "./fleet-tag.ts";
import { manifestDigest, readManifest, removeTag, writeManifest } from "./manifests.ts";
import type { Place } from "./place.ts";

export interface FailedBurst {
  /** All of the fleet. */
  readonly changes: readonly TagChange[];
  /** Those whose write began: any of them may have been written, for a lost answer tells nothing. */
  readonly begun: readonly TagChange[];
  readonly cause: unknown;
}

/** Small requests at the same time. */
const atOnce = 8;

/**
 * @param limit when nobody waits any longer; what is not put back by then is told
 * @returns what to tell; `details` is there only when tags are not as they were, a line for each tag of the fleet
 */
export async function rollBack(
  { changes, begun, cause }: FailedBurst,
  limit: AbortSignal,
): Promise<DiagnosticError> {
  // Not stopped by the limit itself: each tag is to be told of.
  const never = new AbortController().signal;
  const outcomes = await inParallel(begun, atOnce, never, (change) =>
    putBack(change, { ...change.place, signal: limit }).catch((): Outcome => "unknown"),
  );
  const wrong = begun.filter((_, index) => outcomes[index] !== "back");
  const { name, message } = cause as Error;
  const why = name === "AbortError" ? "interrupted among the tags" : message;
  if (wrong.length === 0) {
    return problem(`${why}; every tag names what it named before`, [], cause);
  }
  const count = wrong.length === 1 ? "one tag does" : `${wrong.length} tags do`;
  const lines = [
    ...begun.flatMap((change, index) => {
      const outcome = outcomes[index] ?? "unknown";
      return outcome === "back" ? [] : [lineOf(change, stateOf(change, outcome))];
    }),
    ...changes
      .filter((change) => !wrong.includes(change))
      .map((change) => lineOf(change, "is as it was before")),
  ];
  return problem(`${why}; ${count} not name what it should`, lines, cause);
}

/** `stays`: the registry removes no tags. */
type Outcome = "back" | "stays" | "unknown";

async function putBack({ tag, old }: TagChange, place: Place): Promise<Outcome> {
  if (old === undefined) {
    await removeTag(place, tag.tag);
    // Registries that cannot remove tags say so in many ways.
    return (await manifestDigest(place, tag.tag)) === undefined ? "back" : "stays";
  }
  const manifest = await readManifest(place, old);
  if (manifest === undefined) return "unknown";
  await writeManifest(place, tag.tag, manifest);
  return "back";
}

function stateOf({ old }: TagChange, outcome: Outcome): string {
  if (outcome === "stays") return "is new and cannot be removed";
  return old === undefined ? "may be there" : `named ${old} and may be new`;
}

/** Ends with a command that can be pasted. */
function lineOf({ tag, place }: TagChange, state: string): string {
  const { host, insecure } = place.client;
  const repository = `${host}/${tag.repository}`;
  const command = `tbuild tag${insecure ? " --insecure" : ""}`;
  const { digest } = tag.content.manifest;
  return `\`${repository}:${tag.tag}\` ${state}; to complete: ${command} ${repository}@${digest} ${tag.tag}`;
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
