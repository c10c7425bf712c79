/** Tells when processes are gone whose numbers nobody knows or waits for: by the end of a pipe that they held. */
import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "./folder.ts";

export interface LifeLine {
  /** Shell text after which a shell, and all that it starts, holds the line: `${hold}; sleep 60 &`. */
  readonly hold: string;
  /** Resolves when somebody held it and nobody does any more. */
  readonly gone: Promise<void>;
}

export function lifeLine(): LifeLine {
  const pipe = `${temporaryFolder()}/line`;
  execFileSync("mkfifo", [pipe]);
  return { hold: `exec 9>'${pipe}'`, gone: text(createReadStream(pipe)).then(() => undefined) };
}
