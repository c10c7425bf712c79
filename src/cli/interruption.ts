/**
 * Turns signals that end a program into an orderly end. What an orderly end is, is the business of
 * whoever listens to the abort signal.
 *
 *     running --signal--> ending --signal, not at once--> gone
 */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C under `npx` comes twice: from the terminal, and handed on by npm a moment later. */
const sameKeystroke = 500;

interface SignalSource {
  on(signal: (typeof signals)[number], listener: () => void): unknown;
}

/**
 * @param now milliseconds; only differences count
 * @param exit ends the process at once, for a user who does not want to wait
 * @returns aborted by the first signal
 */
export function watchSignals(
  source: SignalSource,
  now: () => number,
  exit: () => void,
): AbortSignal {
  const interruption = new AbortController();
  let first = 0;
  const interrupt = (): void => {
    if (!interruption.signal.aborted) {
      first = now();
      interruption.abort();
    } else if (now() - first > sameKeystroke) exit();
  };
  for (const signal of signals) source.on(signal, interrupt);
  return interruption.signal;
}
