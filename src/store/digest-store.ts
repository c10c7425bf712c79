/** Keeps remembered file digests between runs. Losing them costs reading the files again. */
import { rmSync } from "node:fs";
import type { RememberedDigest, RememberedDigests } from "../files/digests.ts";
import { type Signature, signatureLength } from "../files/looks.ts";
import type { Digest } from "../model/artifact.ts";
import { chooseEvicted } from "./choose-evicted.ts";
import { DamagedFile, PackedFile, writePacked } from "./packed-file.ts";

const digestLength = 32;

/** So many new ones are kept in a small file beside the large one, which is written anew less often. */
const fewRecent = 1000;

/** Bytes of a row besides its path. */
const rowLength = signatureLength * 8 + digestLength + 1;

/** Columns of numbers as they lie in a file. */
interface Columns {
  readonly paths: readonly string[];
  readonly signatures: Float64Array;
  readonly digests: Uint8Array;
}

const empty: Columns = { paths: [], signatures: new Float64Array(), digests: new Uint8Array() };

/** Undefined: no longer remembered. */
type Entry = readonly [path: string, remembered: RememberedDigest | undefined];

export class DigestStore implements RememberedDigests {
  readonly #file: string;
  readonly #limit: number;
  /** Rows that were asked for. */
  readonly #asked = new Set<number>();
  readonly #added = new Map<string, RememberedDigest | undefined>();
  #columns: Columns | undefined;
  #isChanged = false;
  #rows: ReadonlyMap<string, number> | undefined;

  /**
   * Reads nothing yet: a run that asks for no digest needs none.
   * @param file absolute path; one that does not exist, or is damaged, is empty
   * @param limit of the file, in bytes; what was not asked for is forgotten first, the oldest of it before the rest
   */
  constructor(file: string, limit = Number.POSITIVE_INFINITY) {
    this.#file = file;
    this.#limit = limit;
  }

  get(path: string): RememberedDigest | undefined {
    const { columns, rows } = this.#read();
    if (this.#added.has(path)) return this.#added.get(path);
    const row = rows.get(path);
    if (row === undefined) return undefined;
    this.#asked.add(row);
    return entryAt(columns, row);
  }

  set(path: string, remembered: RememberedDigest): void {
    this.#read();
    this.#added.set(path, remembered);
    this.#isChanged = true;
  }

  delete(path: string): void {
    this.#read();
    this.#added.set(path, undefined);
    this.#isChanged = true;
  }

  /**
   * Writes what is new, when anything is.
   * @throws the system's error when it cannot be written; what was there before still stands
   */
  save(): void {
    if (!this.#isChanged) return;
    const entries = [...this.#added];
    if (entries.length < fewRecent) {
      write(this.#recent, empty, [], entries);
      return;
    }
    const { columns } = this.#read();
    const old = columns.paths.flatMap((path, row) => (this.#added.has(path) ? [] : [row]));
    const isAsked = (row: number): boolean => this.#asked.has(row);
    const rows = [...old.filter((row) => !isAsked(row)), ...old.filter(isAsked)];
    const remembered = entries.filter(([, entry]) => entry !== undefined);
    const kept = this.#within(rows, (row) => columns.paths[row] as string, remembered);
    write(this.#file, columns, kept, remembered);
    rmSync(this.#recent, { force: true });
  }

  /** What is new was looked at in this run, and stays. */
  #within(
    rows: readonly number[],
    pathOf: (row: number) => string,
    added: readonly Entry[],
  ): readonly number[] {
    const sizeOf = (path: string): number => Buffer.byteLength(path) + rowLength;
    const fixed = added.reduce((sum, [path]) => sum + sizeOf(path), 0);
    if (rows.reduce((sum, row) => sum + sizeOf(pathOf(row)), fixed) <= this.#limit) return rows;
    const entries = rows.map((row) => ({ name: pathOf(row), bytes: sizeOf(pathOf(row)), row }));
    const bytes = Math.max(0, this.#limit - fixed);
    const evicted = new Set(
      chooseEvicted(entries, { bytes, isInUse: () => false }).map(({ row }) => row),
    );
    return rows.filter((row) => !evicted.has(row));
  }

  get #recent(): string {
    return `${this.#file}.recent`;
  }

  #read(): { readonly columns: Columns; readonly rows: ReadonlyMap<string, number> } {
    if (!this.#columns) {
      this.#columns = readColumns(this.#file);
      const recent = readColumns(this.#recent);
      for (const [row, path] of recent.paths.entries()) {
        this.#added.set(path, entryAt(recent, row));
      }
    }
    const columns = this.#columns;
    this.#rows ??= new Map(columns.paths.map((path, row) => [path, row]));
    return { columns, rows: this.#rows };
  }
}

/** One that is not remembered any more has a digest that no file has. */
const forgotten = "0".repeat(2 * digestLength);

function entryAt({ signatures, digests }: Columns, row: number): RememberedDigest | undefined {
  const from = row * signatureLength;
  const bytes = Buffer.from(digests.subarray(row * digestLength, (row + 1) * digestLength));
  const digest = bytes.toString("hex");
  if (digest === forgotten) return undefined;
  const signature = [...signatures.subarray(from, from + signatureLength)] as unknown as Signature;
  return { signature, digest: `sha256:${digest}` };
}

function readColumns(file: string): Columns {
  const packed = PackedFile.open(file);
  if (packed === undefined) return empty;
  try {
    return {
      paths: packed.strings("paths"),
      signatures: packed.floats("signatures"),
      digests: packed.bytes("digests"),
    };
  } catch (error) {
    if (error instanceof DamagedFile) return empty;
    throw error;
  } finally {
    packed.close();
  }
}

/** @param kept rows of the columns that stand before the new ones */
function write(
  file: string,
  { paths, signatures, digests }: Columns,
  kept: readonly number[],
  added: readonly Entry[],
): void {
  const columns = {
    paths: [...kept.map((row) => paths[row] as string), ...added.map(([path]) => path)],
    signatures: new Float64Array((kept.length + added.length) * signatureLength),
    digests: Buffer.alloc((kept.length + added.length) * digestLength),
  };
  const copySignature = rowCopier(signatures, columns.signatures, signatureLength);
  const copyDigest = rowCopier(digests, columns.digests, digestLength);
  for (const [to, row] of kept.entries()) {
    copySignature(row, to);
    copyDigest(row, to);
  }
  for (const [index, [, entry]] of added.entries()) {
    const to = kept.length + index;
    if (!entry) continue;
    columns.signatures.set(entry.signature, to * signatureLength);
    columns.digests.write(hexOf(entry.digest), to * digestLength, "hex");
  }
  writePacked(file, "digests", columns);
}

/** By hand: a view for each row would be an object for each row. */
function rowCopier<T extends Float64Array | Uint8Array>(from: T, to: T, length: number) {
  return (row: number, place: number): void => {
    for (let index = 0; index < length; index++) {
      to[place * length + index] = from[row * length + index] as number;
    }
  };
}

const hexOf = (digest: Digest): string => digest.slice("sha256:".length);
