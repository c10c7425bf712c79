/** Frames of server-sent events, as text. Whatever an event holds, JSON keeps it on one line. */
import type { ServerEvent } from "../../core.ts";

export const eventFrame = (event: ServerEvent): string =>
  `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** How long a browser waits before it connects again. */
export const openingFrame = "retry: 2000\n\n";

export const heartbeatFrame = ": alive\n\n";

/** The reader was away for too long: what it shows must be read anew. */
export const resetFrame = 'event: reset\ndata: {"kind":"reset"}\n\n';

/** Why this stream ends. */
export const endFrame = (why: "too-slow" | "not-allowed" | "stopping"): string =>
  `event: end\ndata: {"kind":"end","why":"${why}"}\n\n`;

/** The run that an event is about, if it is about one. */
export function runOf(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case "run-changed":
      return event.run.id;
    case "graph-known":
    case "target-changed":
    case "log-grown":
      return event.run;
    case "config-changed":
      return undefined;
  }
}
