/** What is known of state that had to go because there was too much of it. */
import { exactSize } from "./size.ts";

export interface Eviction {
  /** When, in UTC, as ISO 8601 writes it. */
  readonly at: string;
  /** The limit that was reached, in bytes. */
  readonly limit: number;
}

/** State of which somebody may ask where it went. */
export type EvictedKind = "traces" | "logs";

const singular: Readonly<Record<EvictedKind, string>> = { traces: "trace", logs: "log" };

/** `its trace was evicted on 2026-11-21: traces have a limit of 64 MB`. */
export const describeEviction = (kind: EvictedKind, { at, limit }: Eviction): string =>
  `its ${singular[kind]} was evicted on ${at.slice(0, 10)}: ${kind} have a limit of ${exactSize(limit)}`;
