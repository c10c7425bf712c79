/** Lines of a run log: the events of one run as `--log json` prints them, with their times. Writes nothing. */
import type { Event } from "./event.ts";

/** Raised when a line changes so that a reader of the earlier ones would go wrong; new keys are no reason. */
export const runLogFormat = 1;

/** The first line of a run log. */
export interface RunHeader {
  readonly kind: "run";
  readonly format: typeof runLogFormat;
  /** Version of tbuild. */
  readonly tbuild: string;
  readonly command: string;
  /** In UTC, as ISO 8601 writes it. */
  readonly startedAt: string;
}

/** An event, and the milliseconds since the run started. */
export type TimedEvent = Event & { readonly ms: number };

export type RunLine = RunHeader | TimedEvent;

/** How many of the wanted targets a run log names; the command line says what all were called. */
export const wantedKept = 100;

/**
 * What a run log keeps of an event. What was fresh, and what was never begun, is counted in `finished`: a
 * hundred thousand such targets cost nothing. Output of commands is in the log of each target, which is
 * replaced when it is made again; bytes on their way are of no use later.
 */
export function keptOf(event: Event): Event | undefined {
  switch (event.kind) {
    case "output":
    case "transfer":
    case "would-run":
    case "would-remove":
    case "would-free":
      return undefined;
    case "started":
      return { ...event, wanted: event.wanted.slice(0, wantedKept) };
    case "target-finished":
      return event.log !== undefined || event.outcome === "failed" ? event : undefined;
    default:
      return event;
  }
}
