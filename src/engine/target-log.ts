/** The output of one run of one target, in a file; secrets are hidden before they reach it. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { BoundedText } from "../store/bounded-text.ts";

export interface LogOptions {
  readonly redact: (text: string) => string;
  /** Bytes of the file. */
  readonly limit: number;
  /** Told how many bytes the file has at the end. */
  readonly onClose: (bytes: number) => void;
}

export class TargetLog {
  readonly path: string;
  readonly #options: LogOptions;
  readonly #text: BoundedText;
  #broken = false;

  /** @param file absolute path; a log of an earlier run is replaced */
  constructor(file: string, options: LogOptions) {
    this.path = file;
    this.#options = options;
    mkdirSync(path.dirname(file), { recursive: true });
    this.#text = new BoundedText(file, options.limit);
  }

  /**
   * Written at once: whoever looks into the log of a running target sees how far it is. A log that
   * cannot be written any more, on a full disk, must not end what it tells of.
   */
  line(text: string): void {
    if (this.#broken) return;
    try {
      this.#text.line(this.#options.redact(text));
    } catch {
      this.#broken = true;
    }
  }

  close(): void {
    this.#text.close();
    this.#options.onClose(this.#text.size);
  }
}
