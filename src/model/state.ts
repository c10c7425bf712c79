/**
 * The states that a target passes through in one build; `Plan.move` alone changes them.
 *
 *   waiting ──▶ checking ──▶ done (fresh)
 *      │           └──▶ queued ──▶ running ──▶ done (built)
 *      │                  ▲           ├──▶ done (restored), done (fresh) where it only asked
 *      │                  │           ├──▶ failed
 *      │                  │           ├──▶ unavailable ──▶ (its first-of waits for the next)
 *      │                  │           ├──▶ cancelled
 *      │                  └─ paused ◀─┘    an attempt failed, and another one follows
 *      ├──▶ skipped    a dependency failed
 *      └──▶ cancelled  the build stopped before
 *
 * An artifact that is lost meanwhile leads back: who made it from done to queued, groups and `first-of`
 * that pass it on from done to waiting, and who missed it from checking, queued or running to waiting.
 */
import type { Artifact } from "./artifact.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { TargetName } from "./target.ts";
import type { StaleReason } from "./trace.ts";

export type TargetState =
  | { readonly kind: "waiting" }
  | { readonly kind: "checking" }
  | { readonly kind: "queued"; readonly reason: StaleReason }
  | { readonly kind: "running"; readonly reason: StaleReason }
  /** An attempt failed; the next one is begun after a wait, which takes no job. */
  | { readonly kind: "paused"; readonly reason: StaleReason }
  | {
      readonly kind: "done";
      readonly how: "built" | "restored" | "fresh";
      readonly artifacts: readonly Artifact[];
    }
  | { readonly kind: "failed"; readonly problem: Diagnostic }
  | { readonly kind: "unavailable"; readonly why: string; readonly problem: Diagnostic }
  | { readonly kind: "skipped"; readonly because: TargetName }
  | { readonly kind: "cancelled" };

const finalKinds = new Set(["done", "failed", "unavailable", "skipped", "cancelled"]);

export const isFinal = (state: TargetState): boolean => finalKinds.has(state.kind);
