/** The whole output of one target in one build, in a file; secrets are hidden before they reach it. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";

export class TargetLog {
  readonly path: string;
  readonly #redact: (text: string) => string;
  readonly #file: number;
  #broken = false;

  /**
   * @param file absolute path
   * @param isFirst a log of an earlier build is replaced; later attempts of this one are added
   */
  constructor(file: string, redact: (text: string) => string, isFirst: boolean) {
    this.path = file;
    this.#redact = redact;
    mkdirSync(path.dirname(file), { recursive: true });
    this.#file = openSync(file, isFirst ? "w" : "a");
  }

  /**
   * Written at once: whoever looks into the log of a running target sees how far it is. A log that
   * cannot be written any more, on a full disk, must not end what it tells of.
   */
  line(text: string): void {
    if (this.#broken) return;
    try {
      writeSync(this.#file, `${this.#redact(text)}\n`);
    } catch {
      this.#broken = true;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
