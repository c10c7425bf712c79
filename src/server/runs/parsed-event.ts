/** A line of `--log json`, or of the events of a run, as the event that it is. */
import type { Event } from "../../model/event.ts";

/** @returns undefined where it is none: a program may have written it, or a kill cut it off */
export function parsedEvent(line: string): Event | undefined {
  if (!line.startsWith('{"kind":"')) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}
