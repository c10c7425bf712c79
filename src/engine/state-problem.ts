/** Why the state folder of a workspace cannot be used, as a problem. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { StateFolder } from "../store/state-folder.ts";

const stateFailures: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EEXIST: "it is no folder",
  ENOTDIR: "it is no folder",
};

/** Said once, with the path; undefined for errors that are bugs. */
export function stateProblem(
  error: unknown,
  { path: folder }: StateFolder,
): Diagnostic | undefined {
  const { code = "", path: place = folder } = error as NodeJS.ErrnoException;
  const why = stateFailures[code];
  if (why === undefined) return undefined;
  const isOurs = place === folder || place.startsWith(`${folder}/`);
  return {
    code: "state-unwritable",
    blame: "surroundings",
    message: `cannot write \`${isOurs ? folder : place}\`: ${why}`,
    hint:
      why === "it is no folder"
        ? "move it away: tbuild keeps its records there"
        : "free the disk, or make the workspace writable",
  };
}
