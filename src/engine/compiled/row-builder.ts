/** Makes the rows of a plan from what a run saw, and from those of an earlier plan that still hold. */
import { type Looks, type Seen, type Signature, signatureLength } from "../../files/looks.ts";
import { isBehind, type Rows, rowKinds } from "./plan-rows.ts";

/** Collects rows, each entry once; what was seen in two ways is not to be relied on. */
export class RowBuilder {
  readonly #root: string;
  readonly #paths: string[];
  #kinds: Uint8Array;
  #signatures: Float64Array;
  readonly #entries = new Map<string, number>();
  readonly #behind = new Map<string, number>();
  /** Rows of an earlier plan, until this run's look replaces them. */
  readonly #replaceable = new Set<number>();

  /**
   * @param root absolute path of the workspace
   * @param rows of an earlier plan, to begin with
   * @param isRelied 1 for those that somebody still relies on who did not look again: they stay
   */
  constructor(root: string, rows: Rows = noRows, isRelied: Uint8Array = new Uint8Array()) {
    this.#root = `${root}/`;
    this.#paths = [...rows.paths];
    this.#kinds = rows.kinds.slice();
    this.#signatures = rows.signatures.slice();
    for (let row = 0; row < isRelied.length; row++) {
      const kind = rows.kinds[row] as number;
      if (isRelied[row] === 1 || kind === rowKinds.idle) continue;
      this.#replaceable.add(row);
      this.#byPath(isBehind(kind)).set(rows.paths[row] as string, row);
    }
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
    return this.#add(paths[index] as string, isBehind(kind), seenOf(kind, signatures, from));
  }

  /** @param used numbers of the rows that somebody reads: whatever happens to the others changes nothing */
  build(used: readonly ArrayLike<number>[]): Rows {
    const isUsed = new Uint8Array(this.#paths.length);
    for (const rows of used) {
      for (let index = 0; index < rows.length; index++) isUsed[rows[index] as number] = 1;
    }
    for (const [row, inUse] of isUsed.entries()) if (!inUse) this.#kinds[row] = rowKinds.idle;
    const count = this.#paths.length;
    return {
      paths: this.#paths,
      kinds: this.#kinds.subarray(0, count),
      signatures: this.#signatures.subarray(0, count * signatureLength),
    };
  }

  #add(path: string, behind: boolean, seen: Seen): number {
    const known = this.#byPath(behind);
    const before = known.get(path);
    const row = before ?? this.#paths.length;
    if (before === undefined || this.#replaceable.delete(before)) {
      known.set(path, row);
      this.#set(row, path, kindOf(seen, behind), seen);
    } else if (!this.#isSame(row, kindOf(seen, behind), seen)) {
      this.#kinds[row] = rowKinds.unsettled;
    }
    return row;
  }

  #byPath(behind: boolean): Map<string, number> {
    return behind ? this.#behind : this.#entries;
  }

  #set(row: number, path: string, kind: number, seen: Seen): void {
    this.#makeRoomFor(row);
    this.#paths[row] = path;
    this.#kinds[row] = kind;
    this.#signatures.set(typeof seen === "object" ? seen : nothing, row * signatureLength);
  }

  #makeRoomFor(row: number): void {
    if (row < this.#kinds.length) return;
    const rows = 2 * row + 64;
    const [kinds, signatures] = [this.#kinds, this.#signatures];
    this.#kinds = new Uint8Array(rows);
    this.#signatures = new Float64Array(rows * signatureLength);
    this.#kinds.set(kinds);
    this.#signatures.set(signatures);
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

const noRows: Rows = { paths: [], kinds: new Uint8Array(), signatures: new Float64Array() };

function kindOf(seen: Seen, behind: boolean): number {
  if (seen === "unsettled") return rowKinds.unsettled;
  if (seen === "absent") return behind ? rowKinds.absentBehind : rowKinds.absentEntry;
  return behind ? rowKinds.behind : rowKinds.entry;
}

function seenOf(kind: number, signatures: Float64Array, from: number): Seen {
  if (kind === rowKinds.unsettled) return "unsettled";
  if (kind === rowKinds.absentBehind || kind === rowKinds.absentEntry) return "absent";
  return [...signatures.subarray(from, from + signatureLength)] as unknown as Signature;
}
