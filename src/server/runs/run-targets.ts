/** The targets of runs as their files tell them, read on from where they were read last: files of runs only grow. */
import { statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import type { DataFolder } from "../records/data-folder.ts";
import { Turns } from "../records/turns.ts";
import { FoldedTargets, type RunLine } from "./fold-targets.ts";
import { parsedEvent } from "./parsed-event.ts";

/** Runs that somebody looks at: their targets are asked for again and again. */
const mostKnown = 20;

export class RunTargets {
  readonly #folder: DataFolder;
  /** The one that was asked for last is the last one. */
  readonly #known = new Map<string, GrowingTargets>();

  constructor(folder: DataFolder) {
    this.#folder = folder;
  }

  /** As they are now. */
  async of(id: string): Promise<FoldedTargets> {
    const targets = this.#known.get(id) ?? new GrowingTargets(this.#folder, id);
    this.#known.delete(id);
    this.#known.set(id, targets);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostKnown) break;
      this.#known.delete(oldest);
    }
    return await targets.read();
  }
}

/** Once, for who goes on with them. */
export const readTargets = (folder: DataFolder, id: string): Promise<FoldedTargets> =>
  new GrowingTargets(folder, id).read();

const blockBytes = 1 << 16;

class GrowingTargets {
  readonly #graph: string;
  readonly #events: string;
  readonly #folded = new FoldedTargets();
  readonly #decoder = new StringDecoder("utf8");
  readonly #reads = new Turns(() => this.#readOn());
  #graphTime = 0;
  #bytes = 0;
  #rest = "";

  constructor(folder: DataFolder, id: string) {
    this.#graph = folder.graph(id);
    this.#events = folder.events(id);
  }

  async read(): Promise<FoldedTargets> {
    await this.#reads.again();
    return this.#folded;
  }

  async #readOn(): Promise<void> {
    const graph = statSync(this.#graph, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (graph !== this.#graphTime) {
      this.#graphTime = graph;
      this.#folded.expect(JSON.parse(await readFile(this.#graph, "utf8")) as GraphDrawing);
    }
    const bytes = statSync(this.#events, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes > this.#bytes) await this.#takeUpTo(bytes);
  }

  async #takeUpTo(end: number): Promise<void> {
    const handle = await open(this.#events);
    try {
      const block = Buffer.alloc(Math.min(blockBytes, end - this.#bytes));
      while (this.#bytes < end) {
        const { bytesRead } = await handle.read(block, 0, block.length, this.#bytes);
        if (bytesRead === 0) return;
        this.#bytes += bytesRead;
        this.#take(this.#decoder.write(block.subarray(0, bytesRead)));
      }
    } finally {
      await handle.close();
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = parsedEvent(line);
      if (event) this.#folded.take(event as RunLine);
    }
  }
}
