/**
 * Makes a folder and those above it. Node's `recursive` will not do where disks are met as they are:
 * it reads `no such file` on a read-only one, and never ends below `/proc`.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";

/** @throws the system's own error where a folder cannot be made */
export function makeFolders(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isFolder(folder)) return;
    const above = path.dirname(folder);
    if (code !== "ENOENT" || existsSync(above)) throw error;
    makeFolders(above);
    makeFolders(folder);
  }
}

const isFolder = (place: string): boolean =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
