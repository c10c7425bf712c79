/** Puts layers into another form, one after the other: compressing one keeps all cores busy. */
import type { Digest } from "../model/artifact.ts";
import type { LayerRecord } from "../store/blob-records.ts";

export class LayersInTurn {
  readonly #make: (diffId: Digest) => Promise<LayerRecord>;
  readonly #made = new Map<Digest, Promise<LayerRecord>>();
  #last: Promise<unknown> = Promise.resolve();
  #end: { readonly error: unknown } | undefined;

  constructor(make: (diffId: Digest) => Promise<LayerRecord>) {
    this.#make = make;
  }

  /** Each once, however often it is asked for. */
  make(diffId: Digest): Promise<LayerRecord> {
    const known = this.#made.get(diffId);
    if (known) return known;
    const made = this.#last.then(() => {
      if (this.#end) throw this.#end.error;
      return this.#make(diffId);
    });
    this.#made.set(diffId, made);
    // Who asked for it sees the failure.
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** Those that are not begun fail with this error. */
  readonly end = (error: unknown): void => {
    this.#end ??= { error };
  };

  /** Begins no more, and waits for the one that is made. */
  async close(): Promise<void> {
    this.end(new Error("closed"));
    await this.#last;
  }
}
