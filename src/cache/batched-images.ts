/**
 * Takes images out of an engine for the shared cache: those that wait at the same time by one request, so
 * that the engine reads what they have in common once. Where they go is the caller's.
 */
import type { Docker } from "../docker/docker.ts";
import { packedContents } from "../images/image-contents.ts";
import type { Digest } from "../model/artifact.ts";
import type { ImageContent } from "../model/image-content.ts";
import type { BlobStore } from "../store/blob-store.ts";

export interface BatchParts {
  readonly docker: () => Promise<Docker>;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly id: Digest;
  readonly resolve: (content: Promise<ImageContent>) => void;
}

export class BatchedImages {
  readonly #parts: BatchParts;
  readonly #contents = new Map<Digest, Promise<ImageContent>>();
  #waiting: Waiting[] = [];
  #busy: Promise<void> | undefined;

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  /**
   * An image by its ID, with layers in the store as they are sent.
   * @throws DiagnosticError where the engine lacks it, or breaks off
   */
  contentOf(id: Digest): Promise<ImageContent> {
    const known = this.#contents.get(id);
    if (known) return known;
    const content = new Promise<ImageContent>((resolve) => this.#waiting.push({ id, resolve }));
    // Whoever waits for it sees the failure; it may come before anyone does.
    content.catch(() => undefined);
    this.#contents.set(id, content);
    this.#busy ??= this.#takeAll();
    return content;
  }

  /** Takes no more out, and waits for what is on its way. For when nobody waits for any of it. */
  async close(): Promise<void> {
    this.#waiting = [];
    await this.#busy;
  }

  async #takeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const taken = this.#take(batch.map(({ id }) => id));
      for (const [index, { id, resolve }] of batch.entries()) {
        // One that is gone must not keep the others from being taken.
        const alone = () => this.#take([id]).then(([content]) => content as ImageContent);
        resolve(taken.then((contents) => contents[index] as ImageContent, alone));
      }
      await taken.catch(() => undefined);
    }
    this.#busy = undefined;
  }

  async #take(ids: readonly Digest[]): Promise<readonly ImageContent[]> {
    const { docker, blobs, signal } = this.#parts;
    return (await packedContents(ids, "gzip", { docker: await docker(), blobs, signal })).contents;
  }
}
