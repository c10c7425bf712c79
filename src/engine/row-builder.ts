/** Makes the rows of a plan from what a run saw, and from those of an earlier plan that still hold. */
import { type Looks, type Seen, type Signature, signatureLength } from "../files/looks.ts";
import { isBehind, type Rows, rowKinds } from "./plan-rows.ts";

/** Collects rows, each entry once; what was seen in two ways is not to be relied on. */
export class RowBuilder {
  readonly #root: string;
  readonly #paths: string[];
  readonly #kinds: number[];
  readonly #signatures: number[];
  readonly #byPath = new Map<string, number>();
  readonly #behind = new Map<string, number>();
  /** Of the rows that it began with, those whose readers all looked again. */
  readonly #replaceable: Uint8Array;

  /**
   * @param root absolute path of the workspace
   * @param rows of an earlier plan, to begin with
   * @param isRelied which of them somebody still relies on who did not look again
   */
  constructor(root: string, rows: Rows = noRows, isRelied: Uint8Array = new Uint8Array()) {
    this.#root = `${root}/`;
    this.#paths = [...rows.paths];
    this.#kinds = [...rows.kinds];
    this.#signatures = Array.from(rows.signatures);
    this.#replaceable = isRelied.map((relied) => 1 - relied);
    for (const [row, path] of rows.paths.entries()) {
      if (rows.kinds[row] === rowKinds.idle) continue;
      (isBehind(rows.kinds[row] as number) ? this.#behind : this.#byPath).set(path, row);
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
    return {
      paths: this.#paths,
      kinds: Uint8Array.from(this.#kinds),
      signatures: Float64Array.from(this.#signatures),
    };
  }

  #add(path: string, behind: boolean, seen: Seen): number {
    const known = behind ? this.#behind : this.#byPath;
    const before = known.get(path);
    const row = before ?? this.#paths.length;
    if (before === undefined || this.#replaceable[before] === 1) {
      known.set(path, row);
      this.#paths[row] = path;
      this.#kinds[row] = kindOf(seen, behind);
      const signature = typeof seen === "object" ? seen : nothing;
      for (const [index, number] of signature.entries()) {
        this.#signatures[row * signatureLength + index] = number;
      }
      if (before !== undefined) this.#replaceable[before] = 0;
    } else if (!this.#isSame(row, kindOf(seen, behind), seen)) {
      this.#kinds[row] = rowKinds.unsettled;
    }
    return row;
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
