/** How long a target may take, and when it is worth another attempt. Plain data; decided in `engine/`. */

/** What may go wrong with an attempt that another one could get right. */
export const failureKinds = ["timeout", "network", "service", "command"] as const;

/**
 * `timeout`: it took longer than it may; `network`: engine, registry or server could not be reached or
 * was busy; `service`: a service was not ready; `command`: a command or a step ended with an exit code.
 */
export type FailureKind = (typeof failureKinds)[number];

export interface Retries {
  /** Attempts after the first one. */
  readonly times: number;
  /** What is worth another attempt; a number is that exit code of a command alone. */
  readonly on: readonly (FailureKind | number)[];
  /** Seconds before the second attempt. */
  readonly wait: number;
  /** Each wait is so many times the one before. */
  readonly factor: number;
  /** Seconds that no wait is longer than. */
  readonly longestWait: number;
  /** Share of a wait by which it is longer or shorter at random, so that a fleet does not come back at once. */
  readonly jitter: number;
  /** Seconds that all attempts may take together, waits and all. */
  readonly within?: number;
}

/** What holds where `retries` does not say otherwise. */
export const usualRetries: Omit<Retries, "times" | "within"> = {
  on: failureKinds,
  wait: 1,
  factor: 2,
  longestWait: 60,
  jitter: 0.2,
};
