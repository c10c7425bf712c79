/** Lays the context folders of an image over each other and finds its Dockerfile. Reads no content but `.dockerignore`. */
import path from "node:path";
import type { PackedFile } from "../../docker/docker.ts";
import type { Target } from "../../model/target.ts";
import { usageError } from "../problems.ts";
import type { FilesView } from "../rule.ts";
import { type Ignores, readDockerIgnore } from "./docker-ignore.ts";

export interface ContextRequest {
  /** Folders of the workspace; files of the later ones win. */
  readonly folders: readonly string[];
  /** Path of the Dockerfile in the laid context. */
  readonly dockerfile: string;
}

/**
 * The files of the laid context, by their names in it. The Dockerfile is there even when it is
 * ignored: the build must find it. (A `COPY .` then sees it, which with Docker's own client it would not.)
 * @throws DiagnosticError when a folder is missing
 */
export function layContext(
  { folders, dockerfile }: ContextRequest,
  files: FilesView,
  target: Target,
): readonly PackedFile[] {
  for (const folder of folders) refuseMissing(folder, files, target);
  const ignores = ignoresOf({ folders, dockerfile }, files);
  const laid = new Map<string, string>();
  for (const folder of folders) {
    const top = files.absolute(folder);
    const isState = path.relative(files.absolute("."), top) === "" ? stateFolders : new Set();
    const names = files.list(
      folder,
      (name, isFolder) => isState.has(name) || (name !== dockerfile && ignores(name, isFolder)),
    );
    for (const name of names) lay(laid, name, path.join(top, name));
    const own = `${folder}/${dockerfile}`;
    if (files.kindOf(own) === "file") lay(laid, dockerfile, files.absolute(own));
  }
  return [...laid].map(([name, source]) => ({ name, source }));
}

/** Path of the Dockerfile that the laid context will hold, or undefined. */
export function findDockerfile(
  { folders, dockerfile }: ContextRequest,
  files: FilesView,
): string | undefined {
  return folders
    .map((folder) => `${folder}/${dockerfile}`)
    .findLast((candidate) => files.kindOf(candidate) === "file");
}

/** Of tbuild and git: they change with every run and are no part of what is built. */
const stateFolders: ReadonlySet<unknown> = new Set([".tbuild", ".git"]);

/** The ignore file of the Dockerfile, as BuildKit has it, or `.dockerignore`, of the first folder that has one. */
function ignoresOf({ folders, dockerfile }: ContextRequest, files: FilesView): Ignores {
  const names = [`${dockerfile}.dockerignore`, ".dockerignore"];
  const candidates = names.flatMap((name) => folders.map((folder) => `${folder}/${name}`));
  const found = candidates.find((candidate) => files.kindOf(candidate) === "file");
  return found === undefined ? () => false : readDockerIgnore(files.read(found), found);
}

/** A file replaces a folder of the same name and the other way round: an archive cannot hold both. */
function lay(laid: Map<string, string>, name: string, source: string): void {
  const parts = name.split("/");
  for (let count = 1; count < parts.length; count++) laid.delete(parts.slice(0, count).join("/"));
  if (!laid.has(name)) {
    for (const other of laid.keys()) if (other.startsWith(`${name}/`)) laid.delete(other);
  }
  laid.set(name, source);
}

function refuseMissing(folder: string, files: FilesView, target: Target): void {
  const kind = files.kindOf(folder);
  if (kind === "folder") return;
  throw usageError(target, "image", {
    code: "context-missing",
    message:
      kind === "absent"
        ? `context folder \`${folder}\` does not exist`
        : `context \`${folder}\` is not a folder`,
  });
}
