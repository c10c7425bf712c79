/** Keeps remembered file digests between runs. Losing them costs reading the files again. */
import type { RememberedDigest, RememberedDigests } from "../files/digests.ts";
import { type Signature, signatureLength } from "../files/looks.ts";
import type { Digest } from "../model/artifact.ts";
import { DamagedFile, PackedFile, writePacked } from "./packed-file.ts";

const digestLength = 32;

/** Columns of numbers as they lie in the file, and what was added since. */
interface Columns {
  readonly paths: readonly string[];
  readonly signatures: Float64Array;
  readonly digests: Uint8Array;
}

const empty: Columns = { paths: [], signatures: new Float64Array(), digests: new Uint8Array() };

export class DigestStore implements RememberedDigests {
  readonly #file: string;
  readonly #added = new Map<string, RememberedDigest | undefined>();

  #read: Columns | undefined;
  #rows: ReadonlyMap<string, number> | undefined;

  /**
   * Reads nothing yet: a run that asks for no digest needs none.
   * @param file absolute path; one that does not exist, or is damaged, is empty
   */
  constructor(file: string) {
    this.#file = file;
  }

  get(path: string): RememberedDigest | undefined {
    if (this.#added.has(path)) return this.#added.get(path);
    this.#rows ??= new Map(this.#columns.paths.map((known, row) => [known, row]));
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const { signatures, digests } = this.#columns;
    const from = row * signatureLength;
    const digest = Buffer.from(digests.subarray(row * digestLength, (row + 1) * digestLength));
    return {
      signature: [...signatures.subarray(from, from + signatureLength)] as unknown as Signature,
      digest: `sha256:${digest.toString("hex")}`,
    };
  }

  set(path: string, remembered: RememberedDigest): void {
    this.#added.set(path, remembered);
  }

  delete(path: string): void {
    this.#added.set(path, undefined);
  }

  /**
   * Writes all of it, when anything is new.
   * @throws the system's error when it cannot be written; what was there before still stands
   */
  save(): void {
    if (this.#added.size === 0) return;
    const { paths, signatures, digests } = this.#columns;
    const kept = paths.flatMap((path, row) => (this.#added.has(path) ? [] : [row]));
    const added = [...this.#added].flatMap(([path, each]) => (each ? [{ path, ...each }] : []));
    const columns = {
      paths: [...kept.map((row) => paths[row] as string), ...added.map(({ path }) => path)],
      signatures: new Float64Array((kept.length + added.length) * signatureLength),
      digests: Buffer.alloc((kept.length + added.length) * digestLength),
    };
    for (const [to, row] of kept.entries()) {
      copyRow(signatures, row, columns.signatures, to, signatureLength);
      copyRow(digests, row, columns.digests, to, digestLength);
    }
    for (const [index, { signature, digest }] of added.entries()) {
      const to = kept.length + index;
      columns.signatures.set(signature, to * signatureLength);
      columns.digests.write(hexOf(digest), to * digestLength, "hex");
    }
    writePacked(this.#file, "digests", columns);
  }

  get #columns(): Columns {
    this.#read ??= readColumns(this.#file);
    return this.#read;
  }
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

/** By hand: a view for each row would be an object for each row. */
function copyRow<T extends Float64Array | Uint8Array>(
  from: T,
  row: number,
  to: T,
  place: number,
  length: number,
): void {
  for (let index = 0; index < length; index++) {
    to[place * length + index] = from[row * length + index] as number;
  }
}

const hexOf = (digest: Digest): string => digest.slice("sha256:".length);
