/**
 * A layer in the form that is asked for: unpacked, or in some compression. It is compressed once, and
 * unpacked again where only the compressed form was kept.
 */
import type { Digest } from "../model/artifact.ts";
import type { BlobRecords, LayerRecord } from "./blob-records.ts";
import { type BlobStore, type ByteSource, Summing, verified, WrongDigest } from "./blob-store.ts";
import { type Compression, compress, decompress, hasZstd } from "./compress.ts";

const compressions: readonly Compression[] = hasZstd()
  ? ["none", "gzip", "zstd"]
  : ["none", "gzip"];

export class LayerForms {
  readonly #store: BlobStore;
  readonly #records: BlobRecords;

  constructor(store: BlobStore, records: BlobRecords) {
    this.#store = store;
    this.#records = records;
  }

  /** Any form that is there. */
  find(diffId: Digest): LayerRecord | undefined {
    for (const compression of compressions) {
      const record = this.#records.layer(diffId, compression);
      if (record) return record;
    }
    return undefined;
  }

  /** Frees the place of the unpacked form where another one is there. @returns whether it is */
  dropUnpacked(diffId: Digest): boolean {
    const isElsewhere = compressions.some(
      (compression) => compression !== "none" && this.#records.layer(diffId, compression),
    );
    if (isElsewhere) this.#store.remove(diffId);
    return isElsewhere;
  }

  /**
   * Keeps a layer that comes unpacked, in the form that is asked for and in no other.
   * @param expected its digest, where that is known
   * @returns its digest
   * @throws WrongDigest, and then nothing is kept
   */
  async keep(
    source: ByteSource,
    compression: Compression,
    { signal, expected }: { readonly signal: AbortSignal; readonly expected?: Digest | undefined },
  ): Promise<Digest> {
    if (compression === "none") return (await this.#store.add(source, signal, expected)).digest;
    const sum = new Summing();
    const blob = await this.#store.add(compress(sum.over(source), compression), signal);
    const raw = sum.blob();
    if (expected !== undefined && raw.digest !== expected) {
      this.#store.remove(blob.digest);
      throw new WrongDigest(expected, raw);
    }
    this.#records.keepLayer(raw.digest, compression, { ...blob, rawSize: raw.size });
    return raw.digest;
  }

  /**
   * Makes the form unless it is there. A compressed form takes the place of the unpacked one.
   * @throws when the layer is there in no form
   */
  async make(diffId: Digest, compression: Compression, signal: AbortSignal): Promise<LayerRecord> {
    const known = this.#records.layer(diffId, compression);
    if (known) return known;
    const raw = new Summing();
    const source = raw.over(this.open(diffId));
    if (compression === "none") {
      const { size } = await this.#store.add(source, signal, diffId);
      return { digest: diffId, size, rawSize: size };
    }
    const blob = await this.#store.add(compress(source, compression), signal);
    const record = { ...blob, rawSize: raw.blob().size };
    this.#records.keepLayer(diffId, compression, record);
    this.#store.remove(diffId);
    return record;
  }

  /**
   * The bytes of a layer or any other blob, unpacked; they fail at their end where they are not those.
   * @throws when the blob is there in no form
   */
  open(digest: Digest): ByteSource {
    for (const compression of compressions) {
      const record = this.#records.layer(digest, compression);
      if (!record) continue;
      const stored = this.#openStored(record.digest);
      return compression === "none" ? stored : verified(decompress(stored, compression), digest);
    }
    throw new Error(`no blob ${digest}`);
  }

  /** The same bytes compressed, without doing it again for a layer. */
  openAs(digest: Digest, compression: Compression): ByteSource {
    const record = compression === "none" ? undefined : this.#records.layer(digest, compression);
    return record ? this.#openStored(record.digest) : compress(this.open(digest), compression);
  }

  #openStored = (digest: Digest): ByteSource => verified(this.#store.open(digest), digest);
}
