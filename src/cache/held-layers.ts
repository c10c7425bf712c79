/** Which layers an engine holds, asked once a run: an image on top of them brings only its own. */
import type { Docker } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import { inParallel } from "../net/in-parallel.ts";

/** Images that are asked about at the same time. */
const atOnce = 8;

export class HeldLayers {
  readonly #signal: AbortSignal;
  /** From the base up: an engine finds a layer only on top of those that it was made on. */
  readonly #chains = new Set<string>();
  #asked: Promise<void> | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** How many layers of an image, from the base up, the engine need not be sent. */
  async count(diffIds: readonly Digest[], docker: Docker): Promise<number> {
    this.#asked ??= this.#ask(docker);
    await this.#asked;
    let count = 0;
    while (count < diffIds.length && this.#chains.has(chain(diffIds, count + 1))) count++;
    return count;
  }

  /** Tells of an image that the engine got since. */
  add(diffIds: readonly Digest[]): void {
    for (let count = 1; count <= diffIds.length; count++) this.#chains.add(chain(diffIds, count));
  }

  async #ask(docker: Docker): Promise<void> {
    const ids = new Set((await docker.images()).map(({ id }) => id));
    await inParallel([...ids], atOnce, this.#signal, async (id) => {
      this.add(await docker.layersOf(id).catch(noneIfGone));
    });
  }
}

/** Someone else may remove images at any time. */
function noneIfGone(error: unknown): readonly Digest[] {
  if (error instanceof DiagnosticError && error.diagnostic.code === "image-not-found") return [];
  throw error;
}

const chain = (diffIds: readonly Digest[], count: number): string =>
  diffIds.slice(0, count).join(" ");
