/** A problem with a code, a place and a hint. How it is printed is the business of `report/`. */

/** A span in a file that the user wrote. Lines and columns count from 1; `length` is in UTF-16 units. */
export interface Location {
  /** Path as the user would type it: relative to the workspace where it is inside, absolute elsewhere. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

/**
 * Who can mend it, and so the exit code: `usage` 2 (command line or target file), `target` 1 (a
 * target failed), `surroundings` 3 (engine, registry, disk, a missing prebuilt input).
 */
export type Blame = "usage" | "target" | "surroundings";

export interface Diagnostic {
  /** Stable, kebab-case: `unknown-target`, `engine-unreachable` … */
  readonly code: string;
  readonly blame: Blame;
  /** Lower case, no final stop, names in backticks, expected and found values. */
  readonly message: string;
  readonly at?: Location;
  /** The next action to take, in the same style. */
  readonly hint?: string;
  /** Further lines to show below the message: last lines of output, other places. */
  readonly details?: readonly string[];
  /** Of the command or the step that failed; for a signal as shells count it, 128 and its number. */
  readonly exitCode?: number;
  /** It may pass by itself: something was not reachable, or busy. */
  readonly transient?: true;
}

const exitCodes: Record<Blame, number> = { target: 1, usage: 2, surroundings: 3 };

/**
 * Exit code for a set of problems: what the user typed outweighs the surroundings, and these
 * outweigh a failed target.
 */
export function exitCodeOf(problems: readonly Diagnostic[]): number {
  const blames = new Set(problems.map((problem) => problem.blame));
  if (blames.has("usage")) return exitCodes.usage;
  if (blames.has("surroundings")) return exitCodes.surroundings;
  return problems.length > 0 ? exitCodes.target : 0;
}

/** Carries a diagnostic through code that throws, up to the edge that returns it as a result. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic, options?: ErrorOptions) {
    super(diagnostic.message, options);
    this.name = "DiagnosticError";
    this.diagnostic = diagnostic;
  }
}
