/** Everything that a reporter may show. Plain data: one object is one line of `--log json`. */
import type { Artifact } from "./artifact.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { StaleReason } from "./trace.ts";

/** Why an alternative of a `first-of` was passed over. */
export interface PassedOver {
  /** `pull debian:bookworm-slim`, `use --packages` … */
  readonly alternative: string;
  /** `--packages not given`, `not found in the registry` … */
  readonly why: string;
}

/** `unavailable`: an alternative that is not to be had; the next one is tried. */
export type TargetOutcome = "built" | "fresh" | "failed" | "unavailable" | "skipped" | "cancelled";

export type Event =
  | {
      readonly kind: "started";
      readonly project: string;
      readonly wanted: readonly string[];
      /** Targets with a rule in the plan so far; `planned` raises it when an alternative adds some. */
      readonly total: number;
      readonly jobs: number;
    }
  | { readonly kind: "planned"; readonly total: number }
  | {
      readonly kind: "target-started";
      readonly target: string;
      readonly title: string;
      readonly rule: string;
      readonly reason: StaleReason;
      readonly why: string;
    }
  /** Something else removed or changed what a target had made, and `by` needs it: it is made again. */
  | {
      readonly kind: "artifact-lost";
      readonly target: string;
      readonly title: string;
      /** What it had been in this build so far. */
      readonly was: "built" | "fresh";
      readonly by: string;
      readonly problem: Diagnostic;
    }
  /** An attempt failed, and the next one is begun after `wait` seconds. */
  | {
      readonly kind: "attempt-failed";
      readonly target: string;
      readonly title: string;
      readonly attempt: number;
      readonly of: number;
      readonly problem: Diagnostic;
      readonly wait: number;
    }
  /** An attempt after the first one; that one is `target-started`. */
  | {
      readonly kind: "attempt-started";
      readonly target: string;
      readonly title: string;
      readonly attempt: number;
      readonly of: number;
    }
  | {
      readonly kind: "step";
      readonly target: string;
      readonly id: string;
      readonly name: string;
      readonly state: "started" | "done" | "cached" | "failed";
      readonly seconds?: number;
    }
  | {
      readonly kind: "output";
      readonly target: string;
      readonly line: string;
      readonly step?: string;
    }
  | {
      readonly kind: "transfer";
      readonly target: string;
      readonly id: string;
      readonly done: number;
      readonly total?: number;
    }
  | {
      readonly kind: "alternative";
      readonly target: string;
      readonly chosen: string;
      readonly passedOver: readonly PassedOver[];
    }
  | {
      readonly kind: "service";
      readonly target: string;
      readonly state: "starting" | "ready" | "stopped";
      readonly address?: string;
    }
  | {
      readonly kind: "target-finished";
      readonly target: string;
      readonly title: string;
      readonly rule: string;
      readonly outcome: TargetOutcome;
      readonly seconds: number;
      readonly artifacts: readonly Artifact[];
      /** One line on what was done: `2 tags pushed, 1 was there`. */
      readonly note?: string;
      readonly problem?: Diagnostic;
      /** Path of the log, relative to the workspace. */
      readonly log?: string;
      /** On a skipped target: the failed one that it depends on. */
      readonly because?: string;
    }
  /** For a dry run: what would be made, and why. `certain` is false where it depends on what runs before. */
  | {
      readonly kind: "would-run";
      readonly target: string;
      readonly title: string;
      readonly rule: string;
      readonly why: string;
      readonly certain: boolean;
    }
  | { readonly kind: "waiting"; readonly pid: number; readonly command: string }
  | { readonly kind: "warning"; readonly problem: Diagnostic }
  | { readonly kind: "problem"; readonly problem: Diagnostic }
  | { readonly kind: "interrupted" }
  | {
      readonly kind: "finished";
      readonly built: number;
      readonly fresh: number;
      readonly failed: number;
      readonly skipped: number;
      readonly seconds: number;
    };

/** Shows events. Never throws: what cannot be shown must not stop a build. */
export interface Reporter {
  report(event: Event): void;
  /** Ends live display, flushes. */
  close(): Promise<void>;
}
