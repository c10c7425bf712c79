/** The folder that is read: its files as text with places, each remembered. Knows no format. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { readSource, type Source } from "../config/yaml/source.ts";
import { DiagnosticError } from "../model/diagnostic.ts";

export class SourceFolder {
  /** Absolute. */
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /**
   * A file of the folder.
   * @param name path from the folder, with `/`
   * @throws DiagnosticError when it cannot be read
   */
  read(name: string): Source {
    const source = readSource(path.join(this.root, name), name);
    if (source.ok) return source.value;
    const [problem] = source.problems;
    throw problem === undefined
      ? new Error(`no problem with ${name}`)
      : new DiagnosticError(problem);
  }

  isFile(name: string): boolean {
    return this.#stat(name)?.isFile() === true;
  }

  isFolder(name: string): boolean {
    return this.#stat(name)?.isDirectory() === true;
  }

  /** The first of the names that is a file. */
  firstOf(names: readonly string[]): string | undefined {
    return names.find((name) => this.isFile(name));
  }

  /** Paths of all files, sorted, but those of dependencies and of version control. */
  files(below = ""): readonly string[] {
    const entries = readdirSync(path.join(this.root, below), { withFileTypes: true });
    return entries
      .filter(({ name }) => !left.has(name) && (!name.startsWith(".") || name === ".docker"))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const name = path.posix.join(below, entry.name);
        if (entry.isDirectory()) return this.files(name);
        return entry.isFile() ? [name] : [];
      });
  }

  #stat(name: string) {
    try {
      return statSync(path.join(this.root, name), { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }
}

/** Folders of what others made: their Dockerfiles are not this project's. */
const left: ReadonlySet<string> = new Set([
  "node_modules",
  "vendor",
  "venv",
  "__pycache__",
  "dist",
]);
