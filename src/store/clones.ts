/**
 * The folders in which clones lie between runs, one for each URL: who may write to one, which are in use,
 * and which go when there are too many. What is in a clone is known to the rule `git`.
 */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, rmSync, utimesSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import { safeFileName } from "../model/file-name.ts";
import { chooseEvicted } from "./choose-evicted.ts";

export class Clones {
  readonly #folder: string;
  /** The end of what was begun last in a clone, by its folder. */
  readonly #ends = new Map<string, Promise<unknown>>();
  readonly #renewed = new Set<string>();

  /** @param stateFolder `.tbuild`, absolute */
  constructor(stateFolder: string) {
    this.#folder = path.join(stateFolder, "clones");
  }

  /** Absolute path of the clone of a URL, which may hold credentials: its name shows none of them. */
  folderOf(url: string): string {
    const plain = url.replace(/\/+$/, "");
    const digest = createHash("sha256").update(plain).digest("hex").slice(0, 16);
    const last = plain.slice(plain.search(/[^/:@]*$/)).replace(/\.git$/, "");
    return path.join(this.#folder, `${safeFileName(last || "repository")}-${digest}`);
  }

  /** Runs alone among all that is given for this clone: in turn, in the order of the calls. */
  async exclusively<T>(folder: string, work: (isFirst: boolean) => Promise<T>): Promise<T> {
    const before = this.#ends.get(folder);
    const run = async (): Promise<T> => {
      makeFolders(this.#folder);
      return work(before === undefined);
    };
    const result = before === undefined ? run() : before.then(run, run);
    this.#ends.set(folder, result);
    return result;
  }

  /**
   * Removes a clone that turned out to be damaged; once a run, whoever else found it damaged meanwhile.
   * @returns whether it was removed by this call
   */
  renew(folder: string): boolean {
    if (this.#renewed.has(folder)) return false;
    this.#renewed.add(folder);
    rmSync(folder, { recursive: true, force: true });
    return true;
  }

  /** At the end of a run: those that were not used for longest go, and never one that this run used. */
  bound(bytes: number): void {
    const now = new Date();
    for (const folder of this.#ends.keys()) if (isFolder(folder)) utimesSync(folder, now, now);
    // Clones grow in a run that uses one, and in no other.
    if (this.#ends.size === 0) return;
    const found = readdirSync(this.#folder)
      .map((name) => path.join(this.#folder, name))
      .map((name) => ({ name, bytes: sizeOf(name), time: lstatSync(name).mtimeMs }))
      .sort((a, b) => a.time - b.time);
    const isInUse = (name: string): boolean => this.#ends.has(name);
    for (const { name } of chooseEvicted(found, { bytes, isInUse })) {
      rmSync(name, { recursive: true, force: true });
    }
  }
}

const isFolder = (place: string): boolean =>
  lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

function sizeOf(place: string): number {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.size ?? 0;
  return readdirSync(place).reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}
