/** The Dockerfiles of a tree: what each of them is called, and which folder it is built from. */
import path from "node:path";
import { readInstructions } from "../../rules/image/dockerfile-instructions.ts";
import { claim, targetName } from "../names.ts";
import type { SourceFolder } from "../source-folder.ts";

export interface FoundDockerfile {
  /** Path from the folder. */
  readonly file: string;
  readonly name: string;
  readonly context: string;
  /** From the context; undefined for `Dockerfile` itself. */
  readonly dockerfile: string | undefined;
}

/** Sorted by path; names are those of folders, or what the file's name adds to `Dockerfile`. */
export function findDockerfiles(
  folder: SourceFolder,
  projectName: string,
): readonly FoundDockerfile[] {
  const files = folder.files().filter(isDockerfile);
  const short = files.map((file) => shortName(file, projectName));
  const taken = new Set<string>();
  return files.map((file, at) => {
    const name = short[at] ?? projectName;
    const isOnly = short.filter((other) => other === name).length === 1;
    const context = contextOf(folder, file);
    const dockerfile = path.posix.relative(context, file);
    return {
      file,
      name: claim(targetName(isOnly ? name : longName(file, projectName)), taken),
      context,
      dockerfile: dockerfile === "Dockerfile" ? undefined : dockerfile,
    };
  });
}

const isDockerfile = (file: string): boolean => {
  const name = path.posix.basename(file);
  const isNamed =
    /^(Dockerfile|Containerfile)([._-][\w.-]+)?$|^[\w.-]+\.(dockerfile|Dockerfile)$/.test(name);
  return (
    isNamed &&
    !/\.(dockerignore|j2|jinja2?|tmpl|tpl|template|in|erb|m4|bak|orig|md|swp)$/.test(name)
  );
};

/** What the file's own name says besides being a Dockerfile: `web.Dockerfile`, `Dockerfile.web`. */
function suffixOf(file: string): string {
  const name = path.posix.basename(file);
  return name
    .replace(/^(Dockerfile|Containerfile)[._-]?/, "")
    .replace(/\.(dockerfile|Dockerfile)$/, "");
}

/** Folders that say where Dockerfiles lie, and not what they make. */
const plainFolders: ReadonlySet<string> = new Set([
  "docker",
  ".docker",
  "dockerfiles",
  "build",
  "deploy",
]);

function shortName(file: string, projectName: string): string {
  const folder = path.posix
    .dirname(file)
    .split("/")
    .filter((part) => part !== "." && !plainFolders.has(part))
    .at(-1);
  return (
    [suffixOf(file), folder, projectName].find((part) => part !== undefined && part !== "") ??
    projectName
  );
}

function longName(file: string, projectName: string): string {
  const parts = path.posix
    .dirname(file)
    .split("/")
    .filter((part) => part !== ".");
  const name = [...parts, suffixOf(file)].filter((part) => part !== "").join("-");
  return name === "" ? projectName : name;
}

/** The folder of the Dockerfile, unless what it copies lies in the folder of all. */
function contextOf(folder: SourceFolder, file: string): string {
  const own = path.posix.dirname(file);
  if (own === ".") return own;
  const copied = readInstructions(folder.read(file).text)
    .filter(
      ({ keyword, words }) =>
        keyword === "COPY" && !words.some((word) => word.startsWith("--from=")),
    )
    .flatMap(({ words }) => words.filter((word) => !word.startsWith("--")).slice(0, -1))
    .filter((source) => /^[\w./-]+$/.test(source) && source !== ".");
  const isIn = (context: string) =>
    copied.every((source) => exists(folder, path.posix.join(context, source)));
  return copied.length > 0 && !isIn(own) && isIn(".") ? "." : own;
}

const exists = (folder: SourceFolder, name: string): boolean =>
  folder.isFile(name) || folder.isFolder(name);
