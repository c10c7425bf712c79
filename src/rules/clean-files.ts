/** Removes the files that this workspace made, and never anything outside it, however paths are written. */
import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { isAtOrBelow, whyNotOurs } from "./output-files.ts";
import type { ActContext } from "./rule.ts";

/** @returns how many files are gone, those in folders counted */
export function removeMadeFiles(context: ActContext): number {
  const { root } = context.project;
  const kept = protectedPlaces(context);
  let count = 0;
  for (const made of context.madeFiles) {
    const place = path.resolve(root, made);
    const why = path.isAbsolute(made) ? "lies outside the workspace" : whyNotOurs(root, made);
    const holds = kept.find((file) => isAtOrBelow(place, file));
    if (why !== undefined || holds !== undefined) {
      const reason = why ?? `holds \`${path.relative(root, holds as string)}\``;
      warnKept(made, reason, context);
      continue;
    }
    const files = countFiles(place);
    if (files === undefined) continue;
    rmSync(place, { recursive: true, force: true });
    count += files;
    removeEmptyFolders(path.dirname(place), root);
  }
  return count;
}

/** Target files, and what tells git what is there. */
function protectedPlaces({ project, stateFolder }: ActContext): readonly string[] {
  return [...project.files, path.join(project.root, ".git"), stateFolder];
}

/** Undefined: there is nothing. A link is one file, wherever it leads. */
function countFiles(place: string): number | undefined {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return 1;
  let count = 0;
  for (const entry of readdirSync(place)) count += countFiles(path.join(place, entry)) ?? 0;
  return count;
}

/** Folders that were made for the outputs; one that holds anything else stays. */
function removeEmptyFolders(folder: string, root: string): void {
  try {
    for (let at = folder; at !== root && at.length > root.length; at = path.dirname(at)) {
      rmdirSync(at);
    }
  } catch {
    // Not empty: it is somebody's.
  }
}

function warnKept(made: string, why: string, { progress }: ActContext): void {
  progress.warn({
    code: "output-kept",
    blame: "usage",
    message: `output \`${made}\` is not removed: it ${why}`,
  });
}
