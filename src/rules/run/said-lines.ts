/** What a command says of its own failure, and warns of, in lines of its output; and its last other lines. */
import { LastLines } from "../lines.ts";

/** `::error::no such package` and, for the next action, `::hint::look at its name`; or `::warning::it is old`. */
const own = /^::(?<what>error|hint|warning)::\s*(?<text>.*\S)\s*$/;

export class SaidLines {
  #last = new LastLines();
  #before: LastLines | undefined;
  #error: string | undefined;
  #hint: string | undefined;

  readonly #warn: (text: string) => void;

  /** @param warn is told what the command warns of, as soon as it does */
  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  add(line: string): void {
    const { what, text } = own.exec(line)?.groups ?? {};
    if (what === "error") {
      this.#error = text;
      this.#before = this.#last;
      this.#last = new LastLines();
    } else if (what === "hint") this.#hint = text;
    else if (what === "warning") this.#warn(text ?? "");
    else this.#last.add(line);
  }

  /**
   * Its message in place of `otherwise`, with its hint; and what it said after the message, which it chose to
   * be shown, or else its last lines before.
   */
  failure(otherwise: string) {
    return {
      message: this.#error ?? otherwise,
      more: {
        details: this.#lines(),
        ...(this.#hint !== undefined && { hint: this.#hint }),
      },
    };
  }
  #lines(): readonly string[] {
    const { lines } = this.#last;
    return lines.length > 0 ? lines : (this.#before?.lines ?? []);
  }
}
