/** Files as rules see them, with a record of where they looked. What is done with it is up to others. */
import { lstatSync, realpathSync } from "node:fs";
import picomatch from "picomatch";
import type { Digest } from "../model/artifact.ts";
import type { FileDigests } from "./digests.ts";
import type { FilesView } from "./files-view.ts";
import type { Places } from "./places.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

export class RecordingFiles implements FilesView {
  readonly #files: WorkspaceFiles;
  readonly #places: Places;
  readonly #contents = new Set<string>();

  constructor(root: string, digests: FileDigests, places: Places) {
    this.#files = new WorkspaceFiles(root, digests, {
      onFolder: (folder) => places.addFolder(folder),
    });
    this.#places = places;
  }

  /** Absolute paths of the files whose content was asked for. */
  get contents(): ReadonlySet<string> {
    return this.#contents;
  }

  absolute(path: string): string {
    return this.#files.absolute(path);
  }

  glob(patterns: readonly string[]): readonly string[] {
    for (const pattern of patterns) {
      if (!pattern.startsWith("!") && !picomatch.scan(pattern).isGlob) this.#lookAt(pattern);
    }
    return this.#files.glob(patterns);
  }

  list(folder: string, ignore?: (path: string, isFolder: boolean) => boolean): readonly string[] {
    return this.#files.list(folder, ignore);
  }

  kindOf(path: string): "file" | "folder" | "other" | "absent" {
    this.#lookAt(path);
    return this.#files.kindOf(path);
  }

  read(path: string): string {
    this.#contents.add(this.#lookAt(path));
    return this.#files.read(path);
  }

  digestFile(path: string): Digest {
    const absolute = this.#lookAt(path);
    this.#contents.add(absolute);
    // A link counts by what is in the file that it leads to.
    if (isLink(absolute)) this.#lookBehind(absolute);
    return this.#files.digestFile(path);
  }

  digestTree(path: string): Digest {
    const absolute = this.#lookAt(path);
    for (const name of this.#files.list(path)) this.#contents.add(`${absolute}/${name}`);
    return this.#files.digestTree(path);
  }

  readAhead(paths: readonly string[], signal: AbortSignal): Promise<void> | undefined {
    return this.#files.readAhead(paths, signal);
  }

  #lookAt(path: string): string {
    const absolute = this.absolute(path);
    this.#places.addEntry(absolute);
    return absolute;
  }

  #lookBehind(link: string): void {
    try {
      this.#places.addEntry(realpathSync(link));
    } catch {
      // It leads nowhere, or in a circle.
    }
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
