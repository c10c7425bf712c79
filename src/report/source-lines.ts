/** Reads the lines of target files that diagnostics point at. Missing and unreadable files have none. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { LineReader } from "./format-diagnostic.ts";

/** Larger files are no target files: a few lines of them are not worth reading all. */
const largestFile = 16 * 1024 * 1024;

/** Lines of files below `root`, each file read once; secrets are hidden in them by `show`. */
export function sourceLines(root: string, show: (text: string) => string): LineReader {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    const path = resolve(root, file);
    const lines = files.get(path) ?? readLines(path);
    files.set(path, lines);
    const text = lines[line - 1];
    return text === undefined ? undefined : show(text);
  };
}

function readLines(path: string): readonly string[] {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > largestFile) return [];
    return readFileSync(path, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}
