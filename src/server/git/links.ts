/** Tells which entries of a commit must not be checked out. Reads no file system: all is told by git's own list. */

export interface TreeEntry {
  readonly mode: string;
  readonly object: string;
  readonly path: string;
}

/** Of `git ls-tree -r -z`: `MODE TYPE OBJECT\tPATH`, each with a zero behind it. */
export function readTree(listed: string): readonly TreeEntry[] {
  return listed.split("\0").flatMap((line) => {
    const [, mode, object, path] = /^(\d{6}) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
    if (mode === undefined || object === undefined || path === undefined) return [];
    return [{ mode, object, path }];
  });
}

export const isLink = ({ mode }: TreeEntry): boolean => mode === "120000";

/** The state of tbuild comes from its own runs, and never with a commit. */
export const isOwnState = ({ path }: TreeEntry): boolean => /^\.tbuild(\/|$)/i.test(path);

/**
 * Whether a link stays inside whatever else is there. No folder above it is a link, git has no such trees, so
 * `..` at its beginning is exact; behind a name it is not, for that name may be a link itself.
 */
export function staysInside(link: string, target: string): boolean {
  if (target === "" || target.startsWith("/") || target.includes("\0")) return false;
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const ups = parts.findIndex((part) => part !== "..");
  const leading = ups < 0 ? parts.length : ups;
  if (parts.slice(leading).includes("..")) return false;
  return leading <= link.split("/").length - 1;
}
