// Folders in which a tool has made all of a workload, made once and shared by the parts.
import { mkdirSync, rmSync } from "node:fs";
import { runOnce } from "./measure.js";

/** How many times as long as a run that is timed the one before it may take. */
const patience = 15;

export class Workspaces {
  #room;
  #made = new Map();

  constructor(room) {
    this.#room = room;
  }

  /** @returns a new folder with the tool's files, in which nothing has been made */
  fresh(tool, workload) {
    const { shape, size } = workload;
    const folder = `${this.#room.work}/${tool.name.replace(/\W+/g, "-")}-${shape}-${size}`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    tool.write(folder, workload);
    return folder;
  }

  /** @returns `folder`, `unmade` with the seconds that did not suffice, or `why` it failed */
  async made(tool, workload) {
    const key = `${tool.name} ${workload.shape} ${workload.size}`;
    const known = this.#made.get(key) ?? (await this.#make(tool, workload));
    this.#made.set(key, known);
    return known;
  }

  async #make(tool, workload) {
    const folder = this.fresh(tool, workload);
    const first = tool.prime ?? tool.firstBuild ?? tool.noOp;
    process.stderr.write(`${tool.name}: making ${workload.size} (${workload.shape})\n`);
    try {
      const seconds = await runOnce(first(this.#room, folder), this.#room.limit * patience);
      return seconds === undefined ? { unmade: this.#room.limit * patience } : { folder };
    } catch (error) {
      return { why: error.message };
    }
  }

  /** Frees the disk of a workload that is done with. */
  forget(workload) {
    for (const [key, { folder }] of this.#made) {
      if (!key.endsWith(` ${workload.shape} ${workload.size}`)) continue;
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      this.#made.delete(key);
    }
  }
}
