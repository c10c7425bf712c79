/** Tells of an interruption when it comes: a build tells of it only once everything has ended. */
import type { Reporter } from "../model/event.ts";

/** A reporter that says `interrupted` once, as soon as the signal is aborted. */
export function tellInterruption(reporter: Reporter, signal: AbortSignal): Reporter {
  let told = false;
  const tell = (): void => {
    if (told) return;
    told = true;
    reporter.report({ kind: "interrupted" });
  };
  signal.addEventListener("abort", tell, { once: true });
  return {
    report: (event) => {
      if (event.kind === "interrupted") tell();
      else reporter.report(event);
    },
    close: () => {
      signal.removeEventListener("abort", tell);
      return reporter.close();
    },
  };
}
