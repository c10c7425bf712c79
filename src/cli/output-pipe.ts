/** Standard output for a target that writes bytes there: for one only, and for no terminal. */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Target } from "../model/target.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";
import * as problems from "./usage-problems.ts";

export interface OutputPipe {
  /** Why nobody can have it: told before anything is made for it, where that is known. */
  readonly problem: Diagnostic | undefined;
  /** @throws DiagnosticError where it cannot be had, or somebody has it */
  take(): NodeJS.WritableStream;
}

export function outputPipe(
  { out, process }: Pick<Surroundings, "out" | "process">,
  { log }: Pick<CommonRequest, "log">,
): OutputPipe {
  let isTaken = false;
  const problem = out.isTTY
    ? problems.terminalForBytes()
    : log === "json"
      ? problems.jsonBesideBytes()
      : undefined;
  return {
    problem,
    take() {
      const found = problem ?? (isTaken ? problems.pipeTaken() : undefined);
      if (found) throw new DiagnosticError(found);
      isTaken = true;
      return process.stdout;
    },
  };
}

export const writesToPipe = (target: Target | undefined): boolean =>
  target?.rule?.kind === "save" && target.rule.fields["to"] === "-";
