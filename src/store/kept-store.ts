/**
 * The folders that commands in containers find again, below `.tbuild/keep`: where each lies, when it was used
 * last, and which go when all together are too large. What is in them is known to nobody here.
 */
import { lstatSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { safeFileName } from "../model/file-name.ts";
import { readCount } from "./bounded-folder.ts";
import { chooseEvicted } from "./choose-evicted.ts";
import { entriesOf } from "./folder-entries.ts";

export class KeptStore {
  readonly #folder: string;
  /** Holds the bytes of all folders while no run uses one: after a run that was killed they are counted. */
  readonly #counter: string;
  readonly #used = new Set<string>();

  /** @param stateFolder absolute path of `.tbuild` */
  constructor(stateFolder: string) {
    this.#folder = path.join(stateFolder, "keep");
    this.#counter = path.join(stateFolder, "keep.size");
  }

  /**
   * The place of a kept folder, which is used from now on. Its own time tells the last use.
   * @param name path of the folder for commands, relative to the workspace
   */
  use(name: string): string {
    if (this.#used.size === 0) rmSync(this.#counter, { force: true });
    const own = safeFileName(name);
    const place = path.join(this.#folder, own);
    this.#used.add(own);
    mkdirSync(place, { recursive: true });
    const now = new Date();
    utimesSync(place, now, now);
    return place;
  }

  /**
   * When no command runs any more: folders that were not used for longest go, and none that this run used.
   * @param bytes of all together
   */
  bound(bytes: number): void {
    const known = this.#used.size === 0 ? readCount(this.#counter) : undefined;
    if (known !== undefined && known <= bytes) return;
    const folders = foldersByUse(this.#folder);
    if (folders.length === 0 && this.#used.size === 0) return;
    const isInUse = (name: string) => this.#used.has(name);
    const evicted = new Set(chooseEvicted(folders, { bytes, isInUse }));
    for (const { name } of evicted) {
      rmSync(path.join(this.#folder, name), { recursive: true, force: true });
    }
    const left = folders.filter((folder) => !evicted.has(folder));
    const count = left.reduce((sum, folder) => sum + folder.bytes, 0);
    writeFileSync(`${this.#counter}.new`, `${count}\n`);
    renameSync(`${this.#counter}.new`, this.#counter);
  }
}

/** The one that was not used for longest first. */
function foldersByUse(folder: string) {
  return entriesOf(folder)
    .map(({ name }) => {
      const place = path.join(folder, name);
      const time = lstatSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      return { name, time, bytes: bytesBelow(place) };
    })
    .sort((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1));
}

function bytesBelow(place: string): number {
  return entriesOf(place).reduce((sum, entry) => {
    const inner = path.join(place, entry.name);
    if (entry.isDirectory()) return sum + bytesBelow(inner);
    return sum + (lstatSync(inner, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}
