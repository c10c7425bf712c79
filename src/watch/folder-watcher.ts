/**
 * Tells of changes in folders as the system notices them, by one watch for each folder. What a
 * change means is found out by looking again: this one may tell too much.
 *
 * Node's recursive watch and chokidar watch each file besides, and take 4 and 24 times as long to
 * begin on 10,000 folders; and they watch whole trees, where only some folders of one matter.
 */
import { existsSync, type FSWatcher, watch as openWatch, statSync } from "node:fs";
import path from "node:path";
import type { Places } from "../files/places.ts";
import { DiagnosticError } from "../model/diagnostic.ts";

interface Watched {
  readonly watcher: FSWatcher;
  /** Which folder stood there when the watch began: it goes with the folder, not with the name. */
  readonly identity: string;
}

export class FolderWatcher {
  readonly #onChange: (path: string) => void;
  readonly #openWatch: typeof openWatch;
  readonly #watched = new Map<string, Watched>();
  /** Folders that came or went under their names since the last look. */
  readonly #doubtful = new Set<string>();
  #places: Places | undefined;

  /** @param onChange told the absolute path of what came, went or changed */
  constructor(onChange: (path: string) => void, open = openWatch) {
    this.#onChange = onChange;
    this.#openWatch = open;
  }

  /**
   * Watches these places from now on, and no others. Folders that are not there are told of by those above.
   * @returns how many folders are watched that were not before: what happened in them meanwhile is not known
   * @throws DiagnosticError when the system allows no more
   */
  watch(places: Places): number {
    this.#places = places;
    const folders = places.folders();
    const wanted = new Set(folders);
    for (const folder of this.#watched.keys()) if (!wanted.has(folder)) this.#forget(folder);
    let begun = 0;
    for (const folder of folders) if (this.#renew(folder)) begun++;
    this.#doubtful.clear();
    return begun;
  }

  close(): void {
    for (const folder of [...this.#watched.keys()]) this.#forget(folder);
  }

  /** @returns whether a watch was begun */
  #renew(folder: string): boolean {
    const identity = identityOf(folder);
    const known = this.#watched.get(folder);
    if (known?.identity === identity && !this.#doubtful.has(folder)) return false;
    this.#forget(folder);
    if (identity === undefined) return false;
    const watcher = this.#open(folder);
    if (watcher) this.#watched.set(folder, { watcher, identity });
    return watcher !== undefined;
  }

  #open(folder: string): FSWatcher | undefined {
    try {
      const watcher = this.#openWatch(folder, (kind, name) => this.#notice(folder, kind, name));
      watcher.on("error", () => this.#notice(folder, "rename", path.basename(folder)));
      return watcher;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const limit = limits[code];
      if (limit !== undefined) throw new DiagnosticError(limitProblem(folder, limit));
      // Gone meanwhile, or not to be read: then what reads it fails too, and says so.
      if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(code)) return undefined;
      throw error;
    }
  }

  #notice(folder: string, kind: string, name: string | null): void {
    const entry = name === null ? folder : path.join(folder, name);
    // What happens to the folder itself is told with its own name.
    const isItself = name === null || (name === path.basename(folder) && !existsSync(entry));
    if (kind === "rename" && isItself) this.#doubtful.add(folder);
    if (kind === "rename" && this.#watched.has(entry)) this.#doubtful.add(entry);
    const matters = isItself || this.#places?.matters(folder, name);
    if (matters) this.#onChange(isItself ? folder : entry);
  }

  #forget(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const stats = statSync(folder, { throwIfNoEntry: false });
    return stats?.isDirectory() ? `${stats.dev} ${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** Where the limit is set, and to what it is raised as a rule. */
const limits: Readonly<Record<string, string>> = {
  ENOSPC: "fs.inotify.max_user_watches=524288",
  EMFILE: "fs.inotify.max_user_instances=1024",
};

const limitProblem = (folder: string, limit: string) => ({
  code: "watch-limit",
  blame: "surroundings" as const,
  message: `cannot watch \`${folder}\`: the system allows no more, by \`${limit.split("=")[0]}\``,
  hint: `raise it with \`sysctl ${limit}\`, or look every few seconds with \`--poll 2\``,
});
