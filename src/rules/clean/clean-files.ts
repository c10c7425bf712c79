/** Finds the files that this workspace made, and never anything outside it, however paths are written. */
import { lstatSync, readdirSync, rmdirSync, rmSync, type Stats } from "node:fs";
import path from "node:path";
import type { CleanContext, Found } from "../clean-context.ts";
import { isAtOrBelow, whyNotOurs } from "../output-files.ts";

/** @param before milliseconds since the epoch: only what a trace, or else its own time, says is older */
export function findMadeFiles(context: CleanContext, before?: number): readonly Found[] {
  const { root } = context.project;
  const kept = protectedPlaces(context);
  return context.madeFiles.flatMap((made) => {
    const place = path.resolve(root, made);
    const why = path.isAbsolute(made) ? "lies outside the workspace" : whyNotOurs(root, made);
    const holds = kept.find((file) => isAtOrBelow(place, file));
    if (why !== undefined || holds !== undefined) {
      warnKept(made, why ?? `holds \`${path.relative(root, holds as string)}\``, context);
      return [];
    }
    const stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats === undefined || isYoung(made, stats, context, before)) return [];
    const { count, bytes } = measure(place, stats);
    return [
      { what: "files", name: made, count, bytes, remove: () => removeAt(place, root, bytes) },
    ];
  });
}

function isYoung(made: string, stats: Stats, context: CleanContext, before?: number): boolean {
  return before !== undefined && (context.madeAt(made) ?? stats.mtimeMs) >= before;
}

async function removeAt(place: string, root: string, bytes: number): Promise<number> {
  rmSync(place, { recursive: true, force: true });
  removeEmptyFolders(path.dirname(place), root);
  return bytes;
}

/** Target files, and what tells git what is there. */
function protectedPlaces({ project, stateFolder }: CleanContext): readonly string[] {
  return [...project.files, path.join(project.root, ".git"), stateFolder];
}

/** Files and bytes at a place. A link is one file, wherever it leads. */
export function measure(
  place: string,
  stats: Stats,
): { readonly count: number; readonly bytes: number } {
  if (!stats.isDirectory()) return { count: 1, bytes: stats.size };
  let [count, bytes] = [0, 0];
  for (const entry of readdirSync(place)) {
    const below = path.join(place, entry);
    const found = measure(below, lstatSync(below));
    count += found.count;
    bytes += found.bytes;
  }
  return { count, bytes };
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

function warnKept(made: string, why: string, { progress }: CleanContext): void {
  progress.warn({
    code: "output-kept",
    blame: "usage",
    message: `output \`${made}\` is not removed: it ${why}`,
  });
}

/** The same of a folder that is there. */
export const measureFolder = (folder: string): ReturnType<typeof measure> =>
  measure(folder, lstatSync(folder));
