/**
 * The terminal behind a stream: its size, and a cursor that is hidden while something is redrawn and
 * comes back however the process ends. What is drawn is the business of `live-region.ts`.
 */
import type { Sink } from "./report-options.ts";

export interface Terminal extends Sink {
  readonly columns: number;
  readonly rows: number;
  hideCursor(): void;
  showCursor(): void;
  /** Calls back when lines already drawn may be gone or lie elsewhere: `resized`, or `resumed` after Ctrl-Z. */
  onChange(react: (change: "resized" | "resumed") => void): () => void;
}

interface TerminalStream extends Sink {
  readonly columns?: number;
  readonly rows?: number;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

interface Process {
  readonly pid: number;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

/** The terminal of a stream that is one. */
export function terminalOf(stream: TerminalStream, process: Process): Terminal {
  let hidden = false;
  const showCursor = (): void => {
    if (hidden) stream.write("\x1b[?25h");
    hidden = false;
  };
  return {
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    write: (text) => stream.write(text),
    hideCursor: () => {
      if (hidden) return;
      hidden = true;
      stream.write("\x1b[?25l");
    },
    showCursor,
    onChange: (react) => watch(stream, process, showCursor, react),
  };
}

function watch(
  stream: TerminalStream,
  process: Process,
  showCursor: () => void,
  react: (change: "resized" | "resumed") => void,
): () => void {
  const resized = (): void => react("resized");
  const resumed = (): void => react("resumed");
  // The shell that Ctrl-Z leads to needs its cursor too.
  const suspended = (): void => {
    showCursor();
    process.kill(process.pid, "SIGSTOP");
  };
  const listeners = [
    ["exit", showCursor],
    ["SIGTSTP", suspended],
    ["SIGCONT", resumed],
  ] as const;
  for (const [event, listener] of listeners) process.on(event, listener);
  stream.on("resize", resized);
  return () => {
    for (const [event, listener] of listeners) process.off(event, listener);
    stream.off("resize", resized);
    showCursor();
  };
}
