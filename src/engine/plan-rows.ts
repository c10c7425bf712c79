/** The entries of the file system that a plan rests on, and what was seen of each, as numbers. */
import { lstatSync, statSync } from "node:fs";
import { type Looks, type Seen, type Signature, statIfPresent } from "../files/looks.ts";

/** Entries of the file system and what was seen of them. */
export interface Rows {
  /** Relative to the workspace where they are below it. */
  readonly paths: readonly string[];
  /** One of `rowKinds` each. */
  readonly kinds: Uint8Array;
  /** Five numbers each. */
  readonly signatures: Float64Array;
}

export const signatureLength = 5;

/** `entry`: the entry itself. `behind`: what a link leads to. The others need no signature. */
export const rowKinds = {
  entry: 0,
  behind: 1,
  absentEntry: 2,
  absentBehind: 3,
  /** Counts as changed, whatever it is. */
  unsettled: 4,
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
  if (kind === rowKinds.unsettled) return false;
  const follows = kind === rowKinds.behind || kind === rowKinds.absentBehind;
  const stats = statIfPresent(place, follows ? statSync : lstatSync);
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

/** Collects rows, each entry once; what was seen in two ways is not to be relied on. */
export class RowBuilder {
  readonly #root: string;
  readonly #paths: string[] = [];
  readonly #kinds: number[] = [];
  readonly #signatures: number[] = [];
  readonly #byPath = new Map<string, number>();
  readonly #behind = new Map<string, number>();

  /** @param root absolute path of the workspace */
  constructor(root: string) {
    this.#root = `${root}/`;
  }

  /** @returns the rows of a path as this run saw it; undefined for one that it did not look at */
  addLook(path: string, looks: Looks): readonly number[] | undefined {
    const look = looks.of(path);
    if (look === undefined) return undefined;
    const shown = path.startsWith(this.#root) ? path.slice(this.#root.length) : path;
    const self = this.#add(shown, false, look.self);
    return look.behind === undefined ? [self] : [self, this.#add(shown, true, look.behind)];
  }

  /** @returns the row for one of an earlier plan, which was compared in this run */
  addRow({ paths, kinds, signatures }: Rows, index: number): number {
    const kind = kinds[index] as number;
    const from = index * signatureLength;
    const isBehind = kind === rowKinds.behind || kind === rowKinds.absentBehind;
    return this.#add(paths[index] as string, isBehind, seenOf(kind, signatures, from));
  }

  build(): Rows {
    return {
      paths: this.#paths,
      kinds: Uint8Array.from(this.#kinds),
      signatures: Float64Array.from(this.#signatures),
    };
  }

  #add(path: string, isBehind: boolean, seen: Seen): number {
    const known = isBehind ? this.#behind : this.#byPath;
    const before = known.get(path);
    if (before === undefined) {
      known.set(path, this.#paths.length);
      this.#paths.push(path);
      this.#kinds.push(kindOf(seen, isBehind));
      this.#signatures.push(...(typeof seen === "object" ? seen : nothing));
      return this.#paths.length - 1;
    }
    if (!this.#isSame(before, kindOf(seen, isBehind), seen))
      this.#kinds[before] = rowKinds.unsettled;
    return before;
  }

  #isSame(row: number, kind: number, seen: Seen): boolean {
    if (this.#kinds[row] !== kind) return false;
    const from = row * signatureLength;
    return (
      typeof seen !== "object" ||
      seen.every((number, index) => this.#signatures[from + index] === number)
    );
  }
}

const nothing: Signature = [0, 0, 0, 0, 0];

function kindOf(seen: Seen, isBehind: boolean): number {
  if (seen === "unsettled") return rowKinds.unsettled;
  if (seen === "absent") return isBehind ? rowKinds.absentBehind : rowKinds.absentEntry;
  return isBehind ? rowKinds.behind : rowKinds.entry;
}

function seenOf(kind: number, signatures: Float64Array, from: number): Seen {
  if (kind === rowKinds.unsettled) return "unsettled";
  if (kind === rowKinds.absentBehind || kind === rowKinds.absentEntry) return "absent";
  return [...signatures.subarray(from, from + signatureLength)] as unknown as Signature;
}
