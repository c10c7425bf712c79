/** Where something that matters lies: folders, and names in folders. Reads and watches nothing itself. */
import path from "node:path";

/** Everything in a folder, or these entries of it. */
type Names = "all" | Set<string>;

export class Places {
  readonly #top: string;
  readonly #folders = new Map<string, Names>();
  /** Folders that were named, without those above them. */
  readonly #named = new Set<string>();

  /** @param top absolute path of the folder above which nothing of what is below it matters */
  constructor(top: string) {
    this.#top = top;
  }

  /** Whatever comes, goes or changes in the folder matters, and the folder itself. */
  addFolder(absolute: string): void {
    const folder = trimmed(absolute);
    if (this.#folders.get(folder) === "all") return;
    this.#folders.set(folder, "all");
    this.#named.add(folder);
    this.#addAbove(folder);
  }

  /** One file or folder matters, whether it exists or not. */
  addEntry(absolute: string): void {
    this.#named.add(path.dirname(trimmed(absolute)));
    this.#addName(trimmed(absolute));
  }

  addAll(other: Places): void {
    for (const [folder, names] of other.#folders) {
      if (names === "all") this.#folders.set(folder, names);
      else for (const name of names) this.#addName(path.join(folder, name));
    }
    for (const folder of other.#named) this.#named.add(folder);
  }

  /** @param name of an entry of the folder; undefined when the system does not tell */
  matters(folder: string, name: string | undefined): boolean {
    const names = this.#folders.get(folder);
    return names !== undefined && (names === "all" || name === undefined || names.has(name));
  }

  /** Absolute paths, a folder before those in it. */
  folders(): readonly string[] {
    return [...this.#folders.keys()].sort((a, b) => a.length - b.length);
  }

  named(): Iterable<string> {
    return this.#named;
  }

  #addName(entry: string): void {
    const folder = path.dirname(entry);
    const names = this.#folders.get(folder) ?? new Set();
    const name = path.basename(entry);
    if (names === "all" || names.has(name)) return;
    this.#folders.set(folder, names.add(name));
    this.#addAbove(folder);
  }

  /** A folder that is renamed or replaced takes along what is below it. */
  #addAbove(folder: string): void {
    if (folder !== this.#top && folder !== path.dirname(folder)) this.#addName(folder);
  }
}

const trimmed = (folder: string): string =>
  folder.length > 1 ? folder.replace(/\/+$/, "") : folder;
