/** Decides which entries of a container's archive may be written to this machine. Writes nothing itself. */
import { posix } from "node:path";

/** What `tar` tells of an entry before it is written. */
export interface ArchiveEntry {
  readonly path: string;
  readonly type: string;
  readonly linkpath?: string | undefined;
  mode?: number | undefined;
}

const plainTypes = new Set(["File", "OldFile", "ContiguousFile", "Directory", "GNUDumpDir"]);

/**
 * Finds what is wrong with an entry, and takes rights off it that nobody here should get: set-uid
 * bits go, and its owner may always read it and enter it.
 * @param entry its path begins with the last part of `output`
 * @param output path of the output, relative to the folder that links must not lead out of
 * @returns the problem, to follow "output `x`", or undefined
 */
export function unsafeEntry(entry: ArchiveEntry, output: string): string | undefined {
  const name = entry.path.replace(/\/+$/, "");
  if (leadsOutside(name)) return `holds \`${name}\`, a path outside of it`;
  // Where the entry will stand, below the folder that holds all outputs.
  const path = posix.join(posix.dirname(posix.normalize(output)), name);
  if (plainTypes.has(entry.type)) {
    const folder = entry.type === "Directory" || entry.type === "GNUDumpDir";
    entry.mode = ((entry.mode ?? 0o644) & 0o777) | (folder ? 0o700 : 0o400);
    return undefined;
  }
  if (entry.type === "Link")
    return leadsOutside(entry.linkpath ?? "")
      ? `holds \`${path}\`, a hard link to \`${entry.linkpath}\`, outside of it`
      : undefined;
  if (entry.type === "SymbolicLink") return unsafeLink(path, entry.linkpath ?? "");
  return `holds \`${path}\`, which is neither a file nor a folder nor a link`;
}

/**
 * A link is safe when it is relative, climbs only at its start, and does not climb out. Then no
 * chain of safe links leads outside either: `..` is never applied to what a link led to.
 */
function unsafeLink(path: string, target: string): string | undefined {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const climbs = parts.findIndex((part) => part !== "..");
  const low = climbs < 0 ? [] : parts.slice(climbs);
  const above = posix.join(posix.dirname(path), target);
  if (!posix.isAbsolute(target) && !low.includes("..") && !leadsOutside(above)) return undefined;
  return `holds \`${path}\`, a link to \`${target}\`, which may lead outside`;
}

function leadsOutside(path: string): boolean {
  return path === "" || posix.isAbsolute(path) || path.split("/").includes("..");
}
