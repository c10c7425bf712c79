/**
 * Folders that commands in containers find as the last one left them: caches of compilers and the like. They
 * lie in `.tbuild/keep` by their paths; targets that name the same folder share it.
 */
import { linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { PackedFile } from "../../docker/docker.ts";
import { type ActContext, packed } from "../rule.ts";

export class KeptFolders {
  /** Where they lie in the container and in the workspace, without a final `/`. */
  readonly places: readonly string[];
  readonly #laid = new Map<string, readonly string[]>();
  readonly #state: string;

  constructor(places: readonly string[], { stateFolder }: Pick<ActContext, "stateFolder">) {
    this.places = places.map((place) => place.replace(/\/+$/, ""));
    this.#state = path.join(stateFolder, "keep");
  }

  /**
   * The folders and what is in them, to be laid before the command starts.
   * @param temporary a folder that gets links to the files: another target may replace them meanwhile
   */
  lay(temporary: string): readonly PackedFile[] {
    return this.places.flatMap((place, index) => {
      const own = path.join(temporary, `.keep-${index}`);
      mkdirSync(own, { recursive: true });
      const names = filesBelow(path.join(this.#state, place));
      this.#laid.set(place, names);
      const files = names.map((name) => {
        const link = path.join(own, name);
        mkdirSync(path.dirname(link), { recursive: true });
        linkSync(path.join(this.#state, place, name), link);
        return packed(path.posix.join(place, name), link);
      });
      return [packed(place, own), ...files];
    });
  }

  /**
   * Takes what the command left: new and changed files; those that it removed go. What other targets put
   * there meanwhile stays.
   * @param temporary the folder that outputs were brought back to
   */
  take(temporary: string): void {
    for (const place of this.places) {
      const names = filesBelow(path.join(temporary, place));
      const left = new Set(names);
      for (const name of this.#laid.get(place) ?? []) {
        if (!left.has(name)) rmSync(path.join(this.#state, place, name), { force: true });
      }
      for (const name of names) {
        const to = path.join(this.#state, place, name);
        mkdirSync(path.dirname(to), { recursive: true });
        renameSync(path.join(temporary, place, name), to);
      }
    }
  }
}

/** Names of regular files; links in a cache lead nowhere that lasts. */
function filesBelow(folder: string): readonly string[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
