/** Standard output for a target that writes bytes there: for one only, and for no terminal. */
import { DiagnosticError } from "../model/diagnostic.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";

/** @returns a function that gives it once, and throws a DiagnosticError where it cannot be had */
export function outputPipe(
  { out, process }: Pick<Surroundings, "out" | "process">,
  { log }: Pick<CommonRequest, "log">,
): () => NodeJS.WritableStream {
  let isTaken = false;
  return () => {
    if (out.isTTY) {
      throw refusal(
        "standard output is a terminal, and an archive is no text",
        "add `| ssh HOST docker load` or the like, or name a file",
      );
    }
    if (log === "json") {
      throw refusal(
        "`--log json` and an archive cannot both go to standard output",
        "leave `--log json` out, or name a file",
      );
    }
    if (isTaken) {
      throw refusal("another target writes to standard output", "name one of them, or a file");
    }
    isTaken = true;
    return process.stdout;
  };
}

const refusal = (message: string, hint: string) =>
  new DiagnosticError({ code: "no-pipe", blame: "usage", message, hint });
