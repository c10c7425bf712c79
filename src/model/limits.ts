/** How much of each kind of state is kept between runs, in bytes. Evicts nothing itself. */

/** One for each; a limit changes no result, only what has to be made or read again. */
export const limits = {
  /** The log of one target. */
  log: { bytes: 16_000_000, help: "Log of one target; a longer one loses its middle" },
  logs: { bytes: 256_000_000, help: "Logs of all targets" },
  traces: { bytes: 128_000_000, help: "Traces: what is known of targets that were made" },
  digests: { bytes: 64_000_000, help: "Digests of files, remembered by their times" },
  plans: { bytes: 256_000_000, help: "Plans of commands, for runs without changes" },
  blobs: { bytes: 20_000_000_000, help: "Layers of images that were saved or pushed" },
  clones: {
    bytes: 10_000_000_000,
    help: "Clones of repositories that targets are checked out from",
  },
  runs: { bytes: 64_000_000, help: "Logs of whole runs" },
} as const;

export type LimitName = keyof typeof limits;

export const limitNames = Object.keys(limits) as readonly LimitName[];

export type Limits = Readonly<Record<LimitName, number>>;

export const defaultLimits = Object.fromEntries(
  Object.entries(limits).map(([name, { bytes }]) => [name, bytes]),
) as Limits;

/** Below this nothing useful is kept. */
export const leastLimit = 1000;
