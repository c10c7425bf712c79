/** Building blocks of the wording of problems: how names, places and choices are written. */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";

interface More {
  readonly hint?: string | undefined;
  readonly details?: readonly string[] | undefined;
}

/** A problem of the target file or of the command line. */
export function usage(code: string, message: string, at?: Location, more: More = {}): Diagnostic {
  const { hint, details } = more;
  return {
    code,
    blame: "usage",
    message,
    ...(at && { at }),
    ...(hint !== undefined && { hint }),
    ...(details && { details }),
  };
}

export const showPlace = (at: Location) => `${at.file}:${at.line}:${at.column}`;
export const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``);
export const didYouMean = (name: string | undefined) => name && `did you mean \`${name}\`?`;

/** ``` `a`, `b` or `c` ```, of a long list the first ones. */
export function oneOf(names: readonly string[]): string {
  const shown = quoted(names.length > 8 ? names.slice(0, 7) : names);
  if (names.length > 8) return `${shown.join(", ")} or ${names.length - 7} others`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** Reasons of the system that a file cannot be read. */
const readFailures: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

export const readFailure = (cause: NodeJS.ErrnoException): string =>
  readFailures[cause.code ?? ""] ?? cause.message;
