/**
 * Outputs in the workspace: where they may lie, how they get there whole, what they are afterwards.
 * Never writes or removes through a link that leads out of the workspace.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import type { FileArtifact, Output, TreeArtifact } from "../model/artifact.ts";
import { failure } from "./problems.ts";
import type { ActContext, FilesView } from "./rule.ts";

/** Moves something finished to its place below the workspace; what was there before is gone. */
export function placeOutput(
  context: Pick<ActContext, "project">,
  finished: string,
  relative: string,
): void {
  const place = clearOutput(context, relative);
  move(finished, place);
}

/**
 * Removes an output of an earlier run and makes the folder that it lies in.
 * @returns the absolute path
 * @throws DiagnosticError when it lies outside
 */
export function clearOutput(context: Pick<ActContext, "project">, relative: string): string {
  const root = context.project.root;
  const problem = whyNotOurs(root, relative);
  if (problem !== undefined) {
    throw failure("usage", "output-outside", `output \`${relative}\` ${problem}`);
  }
  const place = path.join(root, relative);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  return place;
}

/**
 * Why a path is not one that may be written and removed, to follow its name: it lies outside once
 * links are followed, or is the workspace itself or git's.
 */
export function whyNotOurs(root: string, relative: string): string | undefined {
  const place = path.resolve(root, relative);
  if (!isBelow(root, place)) return "lies outside the workspace";
  if (isAtOrBelow(path.join(root, ".git"), place)) return "belongs to git";
  let folder = path.dirname(place);
  while (!existsSync(folder)) folder = path.dirname(folder);
  const real = realpathSync.native(folder);
  if (isAtOrBelow(realpathSync.native(root), real)) return undefined;
  return `lies outside the workspace: a folder above it is a link to \`${real}\``;
}

/** The artifact that a declared output became, or undefined when it is not there. */
export function artifactOf(
  files: FilesView,
  output: Output & { readonly path: string },
): FileArtifact | TreeArtifact | undefined {
  const { path: relative } = output;
  const absolute = files.absolute(relative);
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return files.kindOf(relative) === "folder" && !stats.isSymbolicLink()
    ? { kind: "tree", path: relative, digest: files.digestTree(absolute) }
    : { kind: "file", path: relative, digest: files.digestFile(absolute) };
}

/** A path as messages and traces show it: relative where it lies in the workspace. */
export function shownPath(root: string, absolute: string): string {
  return isBelow(root, absolute) ? path.relative(root, absolute) : absolute;
}

export const isBelow = (folder: string, place: string): boolean =>
  place.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

export const isAtOrBelow = (folder: string, place: string): boolean =>
  place === folder || isBelow(folder, place);

/** A rename; where the place is on another disk, a copy beside it first. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const beside = path.join(path.dirname(to), `.${path.basename(to)}.part`);
    rmSync(beside, { recursive: true, force: true });
    cpSync(from, beside, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    renameSync(beside, to);
  }
}
