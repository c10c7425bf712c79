/** What the scheduler is given, and what those who work for it tell it. */
import type { Artifact } from "../../model/artifact.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { TargetState } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import type { Loss, LostArtifact } from "../fresh/lost-artifacts.ts";
import type { Timers } from "./timers.ts";

export type CheckResult =
  | { readonly kind: "fresh"; readonly artifacts: readonly Artifact[] }
  | { readonly kind: "stale"; readonly reason: StaleReason }
  | { readonly kind: "problem"; readonly problem: Diagnostic }
  /** A `first-of` whose alternative is not to be had took another one, and waits for it. */
  | { readonly kind: "waits" }
  | Loss;

/** How a target may end. */
export type FinalState = TargetState & {
  readonly kind: "done" | "failed" | "unavailable" | "skipped" | "cancelled";
};

/**
 * How a run ended: for good, with a failure that is worth another attempt after some seconds, or since
 * something that it reads was lost.
 */
export type RunEnd = FinalState | { readonly kind: "again"; readonly seconds: number } | Loss;

/** What the scheduler has others do. */
export interface Work {
  /** Dependencies of the target are done. */
  check(target: Target): Promise<CheckResult>;
  run(target: Target, reason: StaleReason): Promise<RunEnd>;
  /** Whether a target must have all jobs for itself. */
  isExclusive(target: Target): boolean;
  finished(target: Target, state: FinalState): void;
  /** What a target had made is to be made again for `by`; its state is still `done`. */
  lost(artifact: LostArtifact, by: Target): void;
  /** What to fail with that which reads an artifact lost once too often. */
  lostAgain(artifact: LostArtifact, by: Target): Diagnostic;
}

export interface SchedulerOptions {
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
  readonly timers: Timers;
  /** Sizes of rule kinds and pools; what is not named has no limit of its own. */
  readonly pools?: ReadonlyMap<string, number>;
}
