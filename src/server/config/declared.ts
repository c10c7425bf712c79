/** What a configuration may have: its keys, ranges and patterns. It is read by them, and its schema is made of them. */

/** The keys of each of its mappings. */
export const keysOf = {
  top: [
    ...(["listen", "data", "url", "read", "limits"] as const),
    ...(["keep", "tokens", "proxies", "repositories"] as const),
  ],
  limits: ["runs", "per-repository", "queued", "time", "stop"],
  keep: ["runs", "for", "size"],
  token: ["name", "hash", "scopes"],
  repository: [
    ...(["url", "branches", "targets", "params", "follows", "update", "notice"] as const),
    ...(["schedules", "cancel-running", "build-at-start", "priority", "time"] as const),
    ...(["pull-requests", "environment"] as const),
  ],
  notice: ["poll", "github-events", "webhook"],
  events: ["url", "token"],
  webhook: ["kind", "secret"],
  secret: ["env", "file"],
  schedule: ["cron", "branch", "targets"],
} as const;

/** The least and the most, of whole numbers. */
export const ranges = {
  runs: [1, 1000],
  queued: [1, 100_000],
  keptRuns: [1, 100_000],
  priority: [-1000, 1000],
} as const;

export const readers = ["token", "public"] as const;

export const patterns = {
  listen: /^(?:\[([^\]]+)\]|([^:\s]*)):(\d{1,5})$/,
  tokenName: /^[A-Za-z0-9][\w.@-]{0,63}$/,
  repositoryName: /^[A-Za-z0-9][\w.-]{0,63}$/,
  parameterName: /^[A-Za-z_][\w-]*$/,
  variableName: /^[A-Za-z_]\w*$/,
};
