/** Why a run is ended before its time, and what a run came to. Plain data. */
import type { Run } from "../records/run.ts";

/** The reason with which the signal of a run is aborted. */
export type EndCause =
  | { readonly kind: "cancelled"; readonly by: string }
  | { readonly kind: "newer"; readonly id: string }
  | { readonly kind: "time"; readonly limit: string }
  /** The server ends, and goes on with the run when it is started again. */
  | { readonly kind: "stop" };

export type RunOutcome =
  | ({ readonly kind: "ended"; readonly state: "passed" | "failed" | "cancelled" } & Partial<
      Pick<Run, "exitCode" | "problem" | "counts" | "pushed" | "replacedBy">
    >)
  | { readonly kind: "left" };

/** Does all of a run that the dispatcher gives it. Never throws for what a user can cause. */
export type Execute = (
  run: Run,
  parts: {
    readonly signal: AbortSignal;
    /** Writes what is found out about the commit. */
    readonly learn: (about: Pick<Run, "subject" | "author">) => void;
  },
) => Promise<RunOutcome>;

/** What becomes of a run that was ended before its time. */
export function endedBy(cause: EndCause): RunOutcome {
  switch (cause.kind) {
    case "cancelled":
      return { kind: "ended", state: "cancelled", problem: `cancelled by \`${cause.by}\`` };
    case "newer":
      return {
        kind: "ended",
        state: "cancelled",
        problem: "a newer push to the branch ended it",
        replacedBy: cause.id,
      };
    case "time":
      return { kind: "ended", state: "failed", problem: `it took longer than ${cause.limit}` };
    case "stop":
      return { kind: "left" };
  }
}
