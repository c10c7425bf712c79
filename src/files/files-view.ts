/** What may be asked of the files of a workspace before anything is made. */
import type { Digest } from "../model/artifact.ts";

/** The files of this machine as rules see them before they act: nothing is written through it. */
export interface FilesView {
  /** Absolute path of a path relative to the workspace. */
  absolute(path: string): string;
  /**
   * Files below the workspace that match the patterns, sorted; `!pattern` leaves out.
   * Paths are relative to the workspace.
   */
  glob(patterns: readonly string[]): readonly string[];
  /** Files and symbolic links below a folder, sorted, relative to it, except what `ignore` (of a `.dockerignore`) leaves out. */
  list(folder: string, ignore?: (path: string, isFolder: boolean) => boolean): readonly string[];
  kindOf(path: string): "file" | "folder" | "other" | "absent";
  read(path: string): string;
  /** By content; the paths are absolute, or relative to the workspace. */
  digestFile(path: string): Digest;
  digestTree(path: string): Digest;
  /**
   * Reads these files on all cores, where that is worth it, before their digests are asked for.
   * @returns undefined when there is nothing to wait for
   */
  readAhead(paths: readonly string[], signal: AbortSignal): Promise<void> | undefined;
}
