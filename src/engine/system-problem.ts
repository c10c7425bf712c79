/** Errors of the system that a user can mend, as problems. */
import type { Diagnostic } from "../model/diagnostic.ts";

/** What the disk says is nobody's bug: it is full, read-only, or not ours. Undefined for other errors. */
export function systemProblem(error: unknown): Diagnostic | undefined {
  const { code, path: file, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOSPC: "no space is left on the disk",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    EMFILE: "too many files are open",
  };
  const what = code === undefined ? undefined : known[code];
  if (what === undefined) return undefined;
  const where = file === undefined ? message : `\`${file}\``;
  return { code: "disk", blame: "surroundings", message: `${what}: ${where}` };
}
