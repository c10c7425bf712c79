/** The files of a workspace as rules see them: globs, lists, digests. Writes nothing. */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import picomatch from "picomatch";
import type { Digest } from "../model/artifact.ts";
import type { FileDigests } from "./digests.ts";
import type { FilesView } from "./files-view.ts";

/** Folders that patterns never enter unless they name them: state, and git's own files. */
const hidden = new Set([".tbuild", ".git"]);

export class WorkspaceFiles implements FilesView {
  readonly #root: string;
  readonly #digests: FileDigests;
  readonly #onFolder: (absolute: string) => void;

  /** @param onFolder told of each folder that a walk looks into, whether it exists or not */
  constructor(
    root: string,
    digests: FileDigests,
    onFolder: (absolute: string) => void = () => undefined,
  ) {
    this.#root = root;
    this.#digests = digests;
    this.#onFolder = onFolder;
  }

  absolute(relative: string): string {
    return path.resolve(this.#root, relative);
  }

  digestFile(absolute: string): Digest {
    return this.#digests.file(this.absolute(absolute));
  }

  digestTree(absolute: string): Digest {
    return this.#digests.tree(this.absolute(absolute));
  }

  glob(patterns: readonly string[]): readonly string[] {
    const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
    const unwanted = patterns.filter((p) => p.startsWith("!")).map((p) => p.slice(1));
    const isUnwanted = unwanted.length > 0 ? matcher(unwanted) : () => false;
    const found = new Set<string>();
    for (const pattern of wanted) {
      for (const file of this.#globOne(pattern)) if (!isUnwanted(file)) found.add(file);
    }
    return [...found].sort();
  }

  #globOne(pattern: string): readonly string[] {
    const { base, glob, isGlob } = picomatch.scan(pattern);
    if (!isGlob) return this.#plain(pattern);
    const matches = matcher([pattern]);
    const prefix = base === "" || base === "." ? "" : `${base}/`;
    const deep = glob.includes("/") || glob.includes("**");
    return this.#walk(prefix, deep).filter((file) => matches(file));
  }

  /** A pattern without wildcards: a file, or all that is below a folder. */
  #plain(name: string): readonly string[] {
    const relative = name.replace(/^\.\//, "").replace(/\/+$/, "");
    const kind = this.kindOf(relative);
    if (kind === "absent") return [];
    if (kind !== "folder") return [relative];
    return this.#walk(relative === "." ? "" : `${relative}/`, true);
  }

  #walk(prefix: string, deep: boolean): string[] {
    const found: string[] = [];
    const visit = (folder: string): void => {
      this.#onFolder(`${this.#root}/${folder}`);
      for (const entry of readFolder(`${this.#root}/${folder}`)) {
        if (!entry.isDirectory()) found.push(folder + entry.name);
        else if (deep && !hidden.has(entry.name)) visit(`${folder}${entry.name}/`);
      }
    };
    visit(prefix);
    return found;
  }

  list(
    folder: string,
    ignore: (path: string, isFolder: boolean) => boolean = () => false,
  ): readonly string[] {
    const top = this.absolute(folder);
    const found: string[] = [];
    const visit = (prefix: string): void => {
      this.#onFolder(`${top}/${prefix}`);
      for (const entry of readFolder(`${top}/${prefix}`)) {
        const name = prefix + entry.name;
        if (ignore(name, entry.isDirectory())) continue;
        if (entry.isDirectory()) visit(`${name}/`);
        else found.push(name);
      }
    };
    visit("");
    return found.sort();
  }

  kindOf(relative: string): "file" | "folder" | "other" | "absent" {
    const absolute = this.absolute(relative);
    const stats = ifPresent(() => statSync(absolute, { throwIfNoEntry: false }));
    if (stats?.isFile()) return "file";
    if (stats?.isDirectory()) return "folder";
    if (stats !== undefined) return "other";
    const link = ifPresent(() => lstatSync(absolute, { throwIfNoEntry: false }));
    return link === undefined ? "absent" : "other";
  }

  read(relative: string): string {
    return readFileSync(this.absolute(relative), "utf8");
  }
}

const matchers = new Map<string, (file: string) => boolean>();

/** Dot files match like all others: leaving files out by their name would hide inputs. */
function matcher(patterns: readonly string[]): (file: string) => boolean {
  const key = patterns.join("\0");
  const known = matchers.get(key);
  if (known !== undefined) return known;
  const made = picomatch([...patterns], { dot: true });
  matchers.set(key, made);
  return made;
}

/** A folder that does not exist holds nothing: whether that is an error is decided by the caller. */
const readFolder = (folder: string) =>
  ifPresent(() => readdirSync(folder, { withFileTypes: true })) ?? [];

/** Nothing is below a file, as nothing is below what does not exist, and behind links in a circle. */
function ifPresent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw error;
  }
}
