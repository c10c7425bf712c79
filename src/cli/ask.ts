/** Asks on the terminal for a yes before what cannot be undone. Whether it is asked, is decided by others. */
import { createInterface } from "node:readline";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";

/** Whether somebody sees a question and can answer it. */
export const canAsk = (
  { log }: Pick<CommonRequest, "log">,
  { process, err }: Surroundings,
): boolean => process.stdin.isTTY === true && err.isTTY === true && log !== "json";

/**
 * Nothing but `y` or `yes` is a yes; the end of the input is none.
 * @throws the reason of the signal when it is aborted before the answer
 */
export function askForYes(
  question: string,
  { process, err }: Pick<Surroundings, "process" | "err">,
  signal: AbortSignal,
): Promise<boolean> {
  // Not as a line editor: Ctrl-C stays a signal, and stops a build as ever.
  const lines = createInterface({ input: process.stdin, terminal: false });
  err.write(`${question} [y/N] `);
  return new Promise<boolean>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    lines.once("line", (answer) => resolve(/^y(es)?$/i.test(answer.trim())));
    lines.once("close", () => resolve(false));
    if (signal.aborted) reject(signal.reason);
  }).finally(() => lines.close());
}
