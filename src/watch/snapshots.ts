/** What all targets of a survey read and made at one time, and how two such times differ. */
import type { Snapshot, Survey } from "../engine/fresh/survey.ts";
import type { TargetName } from "../model/target.ts";

export interface TargetSnapshot {
  readonly inputs: Snapshot;
  readonly outputs: Snapshot;
}

export type Snapshots = ReadonlyMap<TargetName, TargetSnapshot>;

export const snapshotAll = (survey: Survey): Snapshots =>
  new Map(
    survey.targets.map(({ name }) => [
      name,
      { inputs: survey.inputsOf(name), outputs: survey.outputsOf(name) },
    ]),
  );

/**
 * Names of what is not as it was; of a target that is not in both, nothing is said.
 * @param touched names of what was seen to change, for where a target could not be read
 */
export function differences(
  before: Snapshots,
  now: Snapshots,
  touched: readonly string[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [target, look] of now) {
    const old = before.get(target);
    if (!old) continue;
    const found = [
      ...differencesOf(old.inputs, look.inputs, { target, touched }),
      ...differencesOf(old.outputs, look.outputs, { target, touched }),
    ];
    for (const name of found) names.add(name);
  }
  return names;
}

/** @param about the target, and what was seen to change */
export function differencesOf(
  before: Snapshot,
  now: Snapshot,
  about: { readonly target: TargetName; readonly touched: readonly string[] },
): readonly string[] {
  if (before.problem !== now.problem) {
    return about.touched.length > 0 ? about.touched : [`what ${about.target} reads`];
  }
  const names = new Set([...before.contents.keys(), ...now.contents.keys()]);
  return [...names].filter((name) => before.contents.get(name) !== now.contents.get(name));
}
