/** Why a target is fresh, or what would make it again: the answer of `explain`, as data. */
import type { Diagnostic } from "./diagnostic.ts";
import type { Eviction } from "./eviction.ts";
import type { StaleReason, Trace } from "./trace.ts";

/** A target that is stale by itself, and how the explained one depends on it. */
export interface Cause {
  readonly target: string;
  readonly reasons: readonly StaleReason[];
  /** From the cause to the explained target, both included; one name when they are the same. */
  readonly path: readonly string[];
}

export type Explanation =
  /** A group has no trace. */
  | {
      readonly kind: "fresh";
      readonly target: string;
      readonly trace: Trace | undefined;
      /** Of the log of its last run, where that is gone. */
      readonly logEvicted?: Eviction;
    }
  | { readonly kind: "stale"; readonly target: string; readonly causes: readonly Cause[] }
  | { readonly kind: "problem"; readonly target: string; readonly problem: Diagnostic };
