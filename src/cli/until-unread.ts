/** Ends what would go on for ever when nobody is left to read what it says. */
import type { Surroundings } from "./surroundings.ts";

/** The signal of the user, aborted too when a terminal or a pipe that is written to is gone. */
export function untilUnread({ process, signal }: Surroundings): AbortSignal {
  const unread = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => unread.abort());
  }
  return AbortSignal.any([signal, unread.signal]);
}
