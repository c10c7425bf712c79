/** What a workspace ever made, traced or not: what `clean` may remove. Writes nothing itself. */
import type { Digest } from "../model/artifact.ts";
import { encodeCheckedLine } from "./checked-lines.ts";
import { chooseEvicted } from "./choose-evicted.ts";

/** An image that this workspace once made, and the names it gave it. */
export interface MadeImage {
  readonly id: Digest;
  readonly references: readonly string[];
}

/** Of what was made, that which is still there and is to be known as tbuild's own. */
export interface KeptThings {
  readonly keepImages?: boolean;
  readonly keepFiles?: boolean;
}

export type MadeRecord =
  | { readonly made: MadeImage }
  /** Paths that targets began to make: what is there is tbuild's own, even half of it. */
  | { readonly begun: readonly string[] };

export class MadeThings {
  readonly #images = new Map<Digest, Set<string>>();
  /** Outputs that a target began to make, whether or not it came to an end. */
  readonly begun = new Set<string>();

  /** @returns whether it told anything new */
  addImage({ id, references }: MadeImage): boolean {
    const known = this.#images.get(id) ?? new Set();
    const before = this.#images.has(id) ? known.size : -1;
    for (const reference of references) known.add(reference);
    this.#images.set(id, known);
    return known.size !== before;
  }

  addBegun(paths: readonly string[]): void {
    for (const path of paths) this.begun.add(path);
  }

  images(): readonly MadeImage[] {
    return [...this.#images].map(([id, references]) => ({ id, references: [...references] }));
  }

  /** How many records tell all of it, and how many bytes they have. */
  get count(): number {
    return this.#images.size + (this.begun.size > 0 ? 1 : 0);
  }
  get bytes(): number {
    return this.records().reduce((sum, record) => sum + sizeOf(record), 0);
  }

  records(): readonly MadeRecord[] {
    const begun = this.begun.size > 0 ? [{ begun: [...this.begun] }] : [];
    return [...this.images().map((made) => ({ made })), ...begun];
  }

  clear({ keepImages, keepFiles }: KeptThings): void {
    if (!keepImages) this.#images.clear();
    if (!keepFiles) this.begun.clear();
  }

  /** Outputs that are gone need no removing. */
  forgetGone(isThere: (path: string) => boolean): void {
    for (const path of this.begun) if (!isThere(path)) this.begun.delete(path);
  }

  /**
   * The oldest images are forgotten beyond a limit.
   * @param held IDs of those that stay; asked only when some have to go
   */
  boundImages(limit: number, held: () => ReadonlySet<string>): void {
    const images = this.images().map((made) => ({ name: made.id, bytes: sizeOf({ made }) }));
    let known: ReadonlySet<string> | undefined;
    const isInUse = (id: string): boolean => {
      known ??= held();
      return known.has(id);
    };
    for (const { name } of chooseEvicted(images, { bytes: limit, isInUse })) {
      this.#images.delete(name);
    }
  }
}

const sizeOf = (record: MadeRecord): number => Buffer.byteLength(encodeCheckedLine(record));
