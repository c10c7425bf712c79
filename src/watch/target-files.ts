/** Whether target files are still as they were read. What is in them is not its business. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Digest } from "../model/artifact.ts";

export type TargetFiles = ReadonlyMap<string, Digest | undefined>;

/** The same files, with what is there now for those that could not be loaded: it may be mended. */
export const knownFiles = (files: TargetFiles): TargetFiles =>
  new Map([...files].map(([file, digest]) => [file, digest ?? digestOf(file)]));

/** Absolute paths of those that are not as they were. */
export const changedFiles = (files: TargetFiles): readonly string[] =>
  [...files].filter(([file, digest]) => digestOf(file) !== digest).map(([file]) => file);

function digestOf(file: string): Digest | undefined {
  try {
    return `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
  } catch {
    return undefined;
  }
}
