/** Paths as a target file writes them: relative to its folder, and none outside the workspace. Touches no file. */
import { isAbsolute, posix, resolve } from "node:path";
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import * as problems from "../problems/problems.ts";

export interface PathToCheck {
  readonly path: string;
  /** Folder that it starts at, relative to the workspace. */
  readonly folder: string;
  /** What it is for. */
  readonly what: string;
  readonly at: Location;
}

/** Relative and normalised as it is; nearly all paths are, and this is much faster than to join them. */
const plain = /^(?!!|\.{0,2}(?:\/|$))(?!.*\/(?:\.{0,2}\/|\.{1,2}$))/s;

/** What is wrong with a path or pattern that must lie in the workspace. */
export function checkInside({ path, folder, what, at }: PathToCheck): Diagnostic | undefined {
  if (folder === "" && plain.test(path)) return undefined;
  const bare = path.startsWith("!") ? path.slice(1) : path;
  if (bare.trim() === "") return problems.emptyPath(what, at);
  if (isAbsolute(bare) || leaves(posix.join(folder, bare))) {
    return problems.outsideWorkspace(what, path, at);
  }
  return undefined;
}

/** What is wrong with a path that a target is to make. */
export function checkOutput(given: PathToCheck): Diagnostic | undefined {
  const problem = checkInside(given);
  if (problem !== undefined) return problem;
  const path = posix.join(given.folder, given.path);
  if (path === "." || path === "./") return problems.wholeWorkspace(given.what, given.at);
  return path === ".tbuild" || path.startsWith(".tbuild/")
    ? problems.insideState(given.what, given.path, given.at)
    : undefined;
}

const leaves = (path: string) => path === ".." || path.startsWith("../");

/** Relative to the workspace and normalised; a final `/` and the `!` of a pattern stay. */
export function workspacePath(path: string, folder: string): string {
  if (path.startsWith("!")) return `!${workspacePath(path.slice(1), folder)}`;
  if (folder === "" && plain.test(path)) return path;
  const joined = posix.join(folder, path);
  return joined === "./" ? "." : joined;
}

/** An absolute path inside the workspace made relative to it; other paths as they are. */
export function relativeToRoot(path: string, root: string, folder: string): string {
  if (!path.startsWith(`${root}/`) && path !== root) return path;
  const inside = path.slice(root.length + 1) || ".";
  return folder === "" ? inside : posix.relative(folder, inside) || ".";
}

/** Absolute, from a path that starts at a folder of the workspace. */
export const anywhere = (path: string, root: string, folder: string): string =>
  resolve(root, folder, path);
