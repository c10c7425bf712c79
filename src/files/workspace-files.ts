/** The files of a workspace as rules see them: globs, lists, digests. Writes nothing. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import picomatch from "picomatch";
import type { Digest } from "../model/artifact.ts";
import type { FileDigests } from "./digests.ts";
import type { FilesView } from "./files-view.ts";
import { type EntryKind, Looks } from "./looks.ts";

/** Folders that patterns never enter unless they name them: state, and git's own files. */
const hidden = new Set([".tbuild", ".git"]);

export class WorkspaceFiles implements FilesView {
  readonly #root: string;
  readonly #digests: FileDigests;
  readonly #looks: Looks;
  readonly #onFolder: (absolute: string) => void;

  /** @param onFolder told of each folder that a walk looks into, whether it exists or not */
  constructor(
    root: string,
    digests: FileDigests,
    {
      looks = new Looks(),
      onFolder = () => undefined,
    }: { readonly looks?: Looks; readonly onFolder?: (absolute: string) => void } = {},
  ) {
    this.#root = root;
    this.#digests = digests;
    this.#looks = looks;
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

  readAhead(paths: readonly string[], signal: AbortSignal): Promise<void> | undefined {
    return this.#digests.readAhead(
      paths.map((file) => this.absolute(file)),
      signal,
    );
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
      for (const entry of this.#entriesOf(path.resolve(this.#root, folder))) {
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
      for (const entry of this.#entriesOf(path.resolve(top, prefix))) {
        const name = prefix + entry.name;
        if (ignore(name, entry.isDirectory())) continue;
        if (entry.isDirectory()) visit(`${name}/`);
        else found.push(name);
      }
    };
    visit("");
    return found.sort();
  }

  kindOf(relative: string): EntryKind {
    return this.#looks.look(this.absolute(relative));
  }

  read(relative: string): string {
    const absolute = this.absolute(relative);
    this.#looks.look(absolute);
    return readFileSync(absolute, "utf8");
  }

  /** A folder that does not exist holds nothing: whether that is an error is decided by the caller. */
  #entriesOf(folder: string) {
    this.#onFolder(folder);
    const kind = this.#looks.look(folder);
    return kind === "folder" ? readdirSync(folder, { withFileTypes: true }) : [];
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
