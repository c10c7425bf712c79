/** The files of a workspace as plain data, read afresh: no times, no caches, nothing remembered. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

export type Entry =
  | { readonly kind: "file"; readonly content: string; readonly executable: boolean }
  | { readonly kind: "link"; readonly to: string }
  | { readonly kind: "folder" };

export type FileEntry = Entry & { readonly kind: "file" };

export class World {
  readonly entries = new Map<string, Entry>();

  /** Reads all below these folders; `translate` may give a content another name. */
  static read(
    root: string,
    folders: readonly string[],
    translate: (content: string) => string = (content) => content,
  ): World {
    const world = new World();
    const visit = (name: string): void => {
      const entry = readEntry(path.join(root, name), translate);
      if (entry === undefined) return;
      world.entries.set(name, entry);
      if (entry.kind !== "folder") return;
      for (const child of readdirSync(path.join(root, name))) visit(`${name}/${child}`);
    };
    for (const folder of folders) visit(folder);
    return world;
  }

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  /** What is behind a name once links are followed. */
  follow(name: string): Entry | undefined {
    let at = name;
    for (let hops = 0; hops < 8; hops++) {
      const entry = this.entries.get(at);
      if (entry?.kind !== "link") return entry;
      at = path.posix.join(path.posix.dirname(at), entry.to);
    }
    return undefined;
  }

  /** Names right in a folder, sorted. */
  names(folder: string): readonly string[] {
    const start = `${folder}/`;
    return [...this.entries.keys()]
      .filter((name) => name.startsWith(start) && !name.includes("/", start.length))
      .map((name) => name.slice(start.length))
      .sort();
  }

  /** Paths of files and links below a folder, sorted. */
  filesBelow(folder: string): readonly string[] {
    return [...this.entries]
      .filter(([name, entry]) => name.startsWith(`${folder}/`) && entry.kind !== "folder")
      .map(([name]) => name)
      .sort();
  }

  write(name: string, entry: Entry): void {
    this.remove(name);
    for (let above = path.posix.dirname(name); above !== "."; above = path.posix.dirname(above)) {
      this.entries.set(above, { kind: "folder" });
    }
    this.entries.set(name, entry);
  }

  remove(name: string): void {
    for (const known of [...this.entries.keys()]) {
      if (known === name || known.startsWith(`${name}/`)) this.entries.delete(known);
    }
  }

  /** All that can matter of a file or a link, as one text; undefined when there is none. */
  identity(name: string): string | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined || entry.kind === "folder") return undefined;
    if (entry.kind === "file") return identityOf(entry);
    const behind = this.follow(name);
    return `link ${entry.to} ${behind?.kind === "file" ? identityOf(behind) : ""}`;
  }

  /** The same of a folder with all below it. */
  treeIdentity(folder: string): string | undefined {
    if (this.follow(folder)?.kind !== "folder") return undefined;
    const rows = [...this.entries.keys()]
      .filter((name) => name.startsWith(`${folder}/`))
      .sort()
      .flatMap((name) => {
        const identity = this.identity(name);
        if (identity === undefined && this.names(name).length > 0) return [];
        return [[name.slice(folder.length), identity ?? "empty folder"]];
      });
    return JSON.stringify(rows);
  }
}

/**
 * Files that differ, by name: what is there, and what should be. Folders are left out: one in which a
 * command failed to make something may be there or not.
 */
export function differences(actual: World, expected: World): readonly string[] {
  const names = new Set([...actual.entries.keys(), ...expected.entries.keys()]);
  return [...names].sort().flatMap((name) => {
    const [found, wanted] = [shown(actual.get(name)), shown(expected.get(name))];
    return found === wanted ? [] : [`${name}: ${found}, expected ${wanted}`];
  });
}

const identityOf = ({ content, executable }: FileEntry): string =>
  `${executable ? "program" : "file"} ${content}`;

const shown = (entry: Entry | undefined): string =>
  entry === undefined || entry.kind === "folder" ? "nothing" : JSON.stringify(entry).slice(0, 300);

function readEntry(file: string, translate: (content: string) => string): Entry | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) return { kind: "folder" };
  if (stats.isSymbolicLink()) return { kind: "link", to: readlinkSync(file) };
  const content = translate(readFileSync(file, "latin1"));
  return { kind: "file", content, executable: (stats.mode & 0o100) !== 0 };
}
