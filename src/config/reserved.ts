/**
 * Names that the command line needs for itself. `version` is not among the options: target files
 * have a good use for it, and `tbuild --version` without a target asks for tbuild's own.
 */

/** Commands: no target may be called so. */
export const reservedTargets: ReadonlySet<string> = new Set([
  "completion",
  "explain",
  "graph",
  "help",
  "list",
  "load",
  "purge",
  "serve",
  "state",
  "tag",
  "tags",
  "watch",
  "why",
]);

/** Options: no parameter may be called so. */
export const reservedParameters: ReadonlySet<string> = new Set([
  "cache-from",
  "cache-to",
  "color",
  "digests",
  "directory",
  "dry-run",
  "fallback",
  "file",
  "force",
  "format",
  "help",
  "jobs",
  "keep-going",
  "log",
  "no-cache-from",
  "no-cache-to",
  "no-color",
  "no-fallback",
  "older-than",
  "only",
  "poll",
  "profile",
  "quiet",
  "retries",
  "verbose",
  "yes",
]);
