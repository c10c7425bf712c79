/** The output of one target in one build, in a file; secrets are hidden before they reach it. */
import type { BoundedText } from "../../store/bounded-text.ts";

export interface LogOptions {
  readonly redact: (text: string) => string;
  /** Called once it is closed. */
  readonly onClose: () => void;
}

export class TargetLog {
  readonly path: string;
  readonly #options: LogOptions;
  readonly #text: BoundedText;
  #broken = false;

  /** @param text is open; it is closed with the log */
  constructor(text: BoundedText, options: LogOptions) {
    this.path = text.path;
    this.#options = options;
    this.#text = text;
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
    this.#options.onClose();
  }
}
