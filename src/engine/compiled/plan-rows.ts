/** The entries of the file system that a plan rests on, and what was seen of each, as numbers. */
import { lstatSync, statSync } from "node:fs";
import { signatureLength, statIfPresent } from "../../files/looks.ts";

/** Entries of the file system and what was seen of them. */
export interface Rows {
  /** Relative to the workspace where they are below it. */
  readonly paths: readonly string[];
  /** One of `rowKinds` each. */
  readonly kinds: Uint8Array;
  /** Five numbers each. */
  readonly signatures: Float64Array;
}

/** `entry`: the entry itself. `behind`: what a link leads to. The others need no signature. */
export const rowKinds = {
  entry: 0,
  behind: 1,
  absentEntry: 2,
  absentBehind: 3,
  /** Counts as changed, whatever it is. */
  unsettled: 4,
  /** Nobody reads it any more. */
  idle: 5,
} as const;

/**
 * Looks at every entry again.
 * @param root absolute path of the workspace
 * @returns the indexes of those that are not as they were
 */
export function changedRows({ paths, kinds, signatures }: Rows, root: string): readonly number[] {
  const changed: number[] = [];
  const prefix = `${root}/`;
  for (let row = 0; row < paths.length; row++) {
    const path = paths[row] as string;
    const place = path.startsWith("/") ? path : prefix + path;
    if (!isAsItWas(place, kinds[row] as number, signatures, row * signatureLength))
      changed.push(row);
  }
  return changed;
}

function isAsItWas(place: string, kind: number, signatures: Float64Array, from: number): boolean {
  if (kind === rowKinds.idle) return true;
  if (kind === rowKinds.unsettled) return false;
  const stats = statIfPresent(place, isBehind(kind) ? statSync : lstatSync);
  if (kind === rowKinds.absentEntry || kind === rowKinds.absentBehind) return stats === undefined;
  return (
    stats !== undefined &&
    stats.ino === signatures[from] &&
    stats.size === signatures[from + 1] &&
    stats.mode === signatures[from + 2] &&
    stats.mtimeMs === signatures[from + 3] &&
    stats.ctimeMs === signatures[from + 4]
  );
}

/** Whether a row stands for what a symbolic link leads to, and not for the link. */
export const isBehind = (kind: number): boolean =>
  kind === rowKinds.behind || kind === rowKinds.absentBehind;
