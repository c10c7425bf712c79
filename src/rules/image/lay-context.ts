/** Lays the context folders of an image over each other and finds its Dockerfile. Reads no content but `.dockerignore`. */
import path from "node:path";
import type { PackedFile } from "../../docker/docker.ts";
import type { Target } from "../../model/target.ts";
import { usageError } from "../problems.ts";
import type { FilesView } from "../rule.ts";
import { type Ignores, readDockerIgnore } from "./docker-ignore.ts";
import type { DockerfilePlace } from "./image-fields.ts";

export interface ContextRequest {
  /** Folders of the workspace; files of the later ones win. */
  readonly folders: readonly string[];
  readonly dockerfile: DockerfilePlace;
}

/** How a Dockerfile that lies elsewhere is called in the context: no file of a project has the name. */
const ownName = ".tbuild.Dockerfile";

/** Path of the Dockerfile in the context that is sent. */
export const nameInContext = (dockerfile: DockerfilePlace): string =>
  dockerfile.kind === "laid" ? dockerfile.name : ownName;

/**
 * The files of the laid context, by their names in it. The Dockerfile is there even when it is
 * ignored: the build must find it. (A `COPY .` then sees it, which with Docker's own client it would not.)
 * @throws DiagnosticError when a folder is missing
 */
export function layContext(
  request: ContextRequest,
  files: FilesView,
  target: Target,
): readonly PackedFile[] {
  const { folders } = request;
  for (const folder of folders) refuseMissing(folder, files, target);
  const ignores = ignoresOf(request, files);
  const dockerfile = nameInContext(request.dockerfile);
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
  // The text of an inline one is a value of the target; the build writes it down.
  const outside = request.dockerfile.kind === "outside" ? request.dockerfile.path : undefined;
  if (outside !== undefined && files.kindOf(outside) === "file") {
    lay(laid, dockerfile, files.absolute(outside));
  }
  return [...laid].map(([name, source]) => ({ name, source }));
}

/** The Dockerfile, and how messages call it; undefined where there is none, or none yet. */
export function readDockerfile(
  { folders, dockerfile }: ContextRequest,
  files: FilesView,
): { readonly text: string; readonly shown: string } | undefined {
  if (dockerfile.kind === "inline") return { text: dockerfile.text, shown: "dockerfile" };
  const candidates =
    dockerfile.kind === "outside"
      ? [dockerfile.path]
      : folders.map((folder) => `${folder}/${dockerfile.name}`);
  const found = candidates.findLast((candidate) => files.kindOf(candidate) === "file");
  return found === undefined ? undefined : { text: files.read(found), shown: found };
}

/** Of tbuild and git: they change with every run and are no part of what is built. */
const stateFolders: ReadonlySet<unknown> = new Set([".tbuild", ".git"]);

/** The ignore file of the Dockerfile, as BuildKit has it, or `.dockerignore`, of the first folder that has one. */
function ignoresOf({ folders, dockerfile }: ContextRequest, files: FilesView): Ignores {
  const below = (name: string) => folders.map((folder) => `${folder}/${name}`);
  const candidates = [...ownIgnores(dockerfile, below), ...below(".dockerignore")];
  const found = candidates.find((candidate) => files.kindOf(candidate) === "file");
  return found === undefined ? () => false : readDockerIgnore(files.read(found), found);
}

function ownIgnores(
  dockerfile: DockerfilePlace,
  below: (name: string) => readonly string[],
): readonly string[] {
  switch (dockerfile.kind) {
    case "laid":
      return below(`${dockerfile.name}.dockerignore`);
    case "outside":
      return [`${dockerfile.path}.dockerignore`];
    case "inline":
      return [];
  }
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
