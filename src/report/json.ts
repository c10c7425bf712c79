/**
 * The reporter for programs: each event as one JSON object on a line of stdout, and always `finished` as
 * the last one.
 */
import type { Event, Reporter } from "../model/event.ts";
import type { Sink } from "./report-options.ts";

/** A reporter of JSON lines. */
export function jsonReporter(out: Sink): Reporter {
  return {
    report: (event) => out.write(`${JSON.stringify(inOrder(event))}\n`),
    close: async () => {},
  };
}

/** Programs rely on these keys of the last line; what is not always there comes behind them. */
function inOrder(event: Event): Event {
  if (event.kind !== "finished") return event;
  const { kind, built, restored, fresh, failed, skipped, criticalPath } = event;
  const seconds = Math.round(event.seconds * 1000) / 1000;
  const counts = { kind, built, fresh, failed, skipped, seconds };
  const more = restored === undefined ? {} : { restored };
  return { ...counts, ...more, ...(criticalPath && { criticalPath }) };
}
