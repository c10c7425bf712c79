/** What images the engine holds, asked once a run and kept true to what the run itself makes. */
import type { Docker } from "../../docker/docker.ts";
import type { Digest } from "../../model/artifact.ts";
import type { ImagesView } from "./check-freshness.ts";

/** More than these are asked for by one question: the list. */
const few = 4;

export class EngineImages implements ImagesView {
  #ids: Map<string, Digest> | undefined;
  /** Whether no target has acted since the list was asked for. */
  #isRecent = false;

  /** Asks the engine, the first time. Throws what `Docker.images` throws. */
  async load(docker: () => Promise<Docker>): Promise<void> {
    if (this.#ids) return;
    const images = await (await docker()).images();
    this.#ids = new Map(images.flatMap(({ id, references }) => references.map((r) => [r, id])));
    this.#isRecent = true;
  }

  /** A target acted: that took time, and something else may have removed or named images meanwhile. */
  age(): void {
    this.#isRecent = false;
  }

  get loaded(): boolean {
    return this.#ids !== undefined;
  }

  idOf(reference: string): Digest | undefined {
    return this.#ids?.get(reference);
  }

  /**
   * Looks whether these references still name what they named, where anything acted since the list was asked
   * for. The list is the one that traces are compared with, so it has the last word; to ask for a few is so much
   * cheaper that it comes first.
   */
  async refresh(references: readonly string[], docker: () => Promise<Docker>): Promise<void> {
    if (!this.#ids) return this.load(docker);
    if (this.#isRecent) return;
    if (references.length <= few && (await this.#areSame(references, await docker()))) return;
    this.forget();
    await this.load(docker);
  }

  async #areSame(references: readonly string[], engine: Docker): Promise<boolean> {
    const now = await Promise.all(references.map((reference) => engine.imageId(reference)));
    return references.every((reference, index) => this.#ids?.get(reference) === now[index]);
  }

  /** Tells of an image that this run made or brought. */
  note(references: readonly string[], id: Digest): void {
    for (const reference of references) this.#ids?.set(reference, id);
  }

  /** The next check asks the engine again: something removed images. */
  forget(): void {
    this.#ids = undefined;
  }
}
