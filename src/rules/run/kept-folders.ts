/**
 * Folders that commands in containers find as earlier ones left them: caches of compilers and the like. Targets
 * that name the same folder share it file by file. Where they lie and how long is known to the store.
 */
import { linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { PackedFile } from "../../docker/docker.ts";
import { type ActContext, packed } from "../rule.ts";

export class KeptFolders {
  /** Where they lie in the container, without a final `/`. */
  readonly places: readonly string[];
  readonly #laid = new Map<string, readonly string[]>();
  readonly #store: ActContext["kept"];

  constructor(places: readonly string[], { kept }: Pick<ActContext, "kept">) {
    this.places = places.map((place) => place.replace(/\/+$/, ""));
    this.#store = kept;
  }

  /**
   * The folders and what is in them, to be laid before the command starts.
   * @param temporary a folder that gets links to the files: another target may replace them meanwhile
   */
  lay(temporary: string): readonly PackedFile[] {
    return this.places.flatMap((place, index) => {
      const [kept, own] = [this.#store.use(place), path.join(temporary, `.keep-${index}`)];
      mkdirSync(own, { recursive: true });
      const names = filesBelow(kept);
      this.#laid.set(place, names);
      const files = names.map((name) => {
        const link = path.join(own, name);
        mkdirSync(path.dirname(link), { recursive: true });
        linkSync(path.join(kept, name), link);
        return packed(path.posix.join(place, name), link);
      });
      return [packed(place, own), ...files];
    });
  }

  /**
   * Takes what a command left that succeeded: new and changed files; those that it removed go. What other
   * targets put there meanwhile stays.
   * @param temporary the folder that outputs were brought back to
   */
  take(temporary: string): void {
    for (const place of this.places) {
      const left = new Set(filesBelow(path.join(temporary, place)));
      const gone = (this.#laid.get(place) ?? []).filter((name) => !left.has(name));
      const kept = this.#store.use(place);
      for (const name of gone) rmSync(path.join(kept, name), { force: true });
    }
    this.add(temporary);
  }

  /** Takes what a command left that failed: what it removed may have been on its way to be written anew. */
  add(temporary: string): void {
    for (const place of this.places) {
      const kept = this.#store.use(place);
      const from = path.join(temporary, place);
      for (const name of filesBelow(from)) put(path.join(from, name), kept, name);
    }
  }
}

/** Each file appears whole, by rename. What two commands made of one name is the later one's. */
function put(from: string, kept: string, name: string): void {
  const to = path.join(kept, name);
  const parents = name.split("/").slice(0, -1);
  for (const index of parents.keys()) {
    const above = path.join(kept, ...parents.slice(0, index + 1));
    if (lstatSync(above, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(above);
  }
  mkdirSync(path.dirname(to), { recursive: true });
  if (lstatSync(to, { throwIfNoEntry: false })?.isDirectory()) rmSync(to, { recursive: true });
  renameSync(from, to);
}

/** Names of regular files; links in a cache lead nowhere that lasts. */
function filesBelow(folder: string): readonly string[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
