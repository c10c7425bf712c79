/** What is different between two runs, target by target and tag by tag. Shows nothing. */
import type { Run, RunTarget } from "../server/records/run.ts";

/** `made` again, made where it `had been fresh`, left `fresh` where it had been made, and so on. */
export type Difference =
  | "made-again"
  | "now-made"
  | "now-fresh"
  | "both-fresh"
  | "now-failed"
  | "mended"
  | "new"
  | "gone"
  | "other";

export interface ComparedTarget {
  readonly name: string;
  readonly title: string;
  readonly difference: Difference;
  readonly before?: RunTarget;
  readonly after?: RunTarget;
  /** Seconds that it took longer; where both took any. */
  readonly slower?: number;
}

/** In the order of the later run; what it has no more comes last. */
export function compareTargets(
  before: readonly RunTarget[],
  after: readonly RunTarget[],
): readonly ComparedTarget[] {
  const earlier = new Map(before.map((target) => [target.name, target]));
  const later = new Set(after.map(({ name }) => name));
  return [
    ...after.map((target) => compared(earlier.get(target.name), target)),
    ...before.filter(({ name }) => !later.has(name)).map((target) => compared(target, undefined)),
  ];
}

function compared(before: RunTarget | undefined, after: RunTarget | undefined): ComparedTarget {
  const { name, title } = (after ?? before) as RunTarget;
  const seconds = [before?.seconds, after?.seconds];
  const slower =
    seconds[0] === undefined || seconds[1] === undefined ? undefined : seconds[1] - seconds[0];
  return {
    name,
    title,
    difference: differenceOf(before, after),
    ...(before && { before }),
    ...(after && { after }),
    ...(slower !== undefined && { slower }),
  };
}

function differenceOf(before: RunTarget | undefined, after: RunTarget | undefined): Difference {
  if (!before) return "new";
  if (!after) return "gone";
  const [was, is] = [before.state, after.state];
  if (is === "failed") return "now-failed";
  if (was === "failed" && isGood(is)) return "mended";
  if (isMade(is)) return isMade(was) ? "made-again" : "now-made";
  if (is === "fresh") return was === "fresh" ? "both-fresh" : "now-fresh";
  return "other";
}

const isMade = (state: RunTarget["state"]): boolean => state === "built" || state === "restored";
const isGood = (state: RunTarget["state"]): boolean => isMade(state) || state === "fresh";

export interface ComparedTag {
  readonly reference: string;
  readonly before?: string;
  readonly after?: string;
}

/** Tags whose digest is another one, by name. */
export function compareTags(before: Run["pushed"], after: Run["pushed"]): readonly ComparedTag[] {
  const earlier = new Map((before ?? []).map(({ reference, digest }) => [reference, digest]));
  const later = new Map((after ?? []).map(({ reference, digest }) => [reference, digest]));
  const names = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return names.flatMap((reference) => {
    const [was, is] = [earlier.get(reference), later.get(reference)];
    if (was === is) return [];
    return [{ reference, ...(was && { before: was }), ...(is && { after: is }) }];
  });
}
