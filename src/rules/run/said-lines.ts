/** What a command says of its own failure, in lines of its output; and its last other lines. */
import { LastLines } from "../lines.ts";

/** `::error::no such package` and, for the next action, `::hint::look at its name`. */
const own = /^::(?<what>error|hint)::\s*(?<text>.*\S)\s*$/;

export class SaidLines {
  readonly #last = new LastLines();
  #error: string | undefined;
  #hint: string | undefined;

  add(line: string): void {
    const { what, text } = own.exec(line)?.groups ?? {};
    if (what === "error") this.#error = text;
    else if (what === "hint") this.#hint = text;
    else this.#last.add(line);
  }

  /** Its message in place of `otherwise`, with its hint and its last lines. */
  failure(otherwise: string) {
    return {
      message: this.#error ?? otherwise,
      more: {
        details: this.#last.lines,
        ...(this.#hint !== undefined && { hint: this.#hint }),
      },
    };
  }
}
