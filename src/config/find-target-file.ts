/** Finds the target file of a folder. */
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const targetFileName = "targets.yaml";

/** `targets.yaml` of the folder or of the nearest one above it. */
export function findTargetFile(from: string): string | undefined {
  let folder = resolve(from);
  for (;;) {
    const file = join(folder, targetFileName);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}
