/** Folders for what is half made; they go when the run that made them ends. */
import { mkdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";

/** They lie on the disk of the workspace, so that a rename completes what is in them. */
export class TemporaryFolders {
  readonly #parent: string;
  readonly #made: string[] = [];

  constructor(parent: string) {
    this.#parent = parent;
  }

  async make(): Promise<string> {
    mkdirSync(this.#parent, { recursive: true });
    const made = await mkdtemp(path.join(this.#parent, "t-"));
    this.#made.push(made);
    return made;
  }

  remove(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}
