/** Everything that a reporter may show. Plain data: one object is one line of `--log json`. */
import type { Artifact, Digest } from "./artifact.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ConfirmationState, Overwrite } from "./overwrite.ts";
import type { Removal, RemovalTotal } from "./removal.ts";
import type { StaleReason } from "./trace.ts";
import type { Traffic } from "./traffic.ts";

/** Why an alternative of a `first-of` was passed over. */
export interface PassedOver {
  /** `pull debian:bookworm-slim`, `use --packages` … */
  readonly alternative: string;
  /** `--packages not given`, `not found in the registry` … */
  readonly why: string;
}

/** A name in a registry, and the manifest that it stands for. */
export interface PushedTag {
  readonly reference: string;
  readonly digest: Digest;
}

/** The first of many names, and how many there are. */
export interface Names {
  readonly names: readonly string[];
  readonly total: number;
}

/** `unavailable`: an alternative that is not to be had; the next one is tried. */
export type TargetOutcome =
  | "built"
  /** Taken from the shared cache. */
  | "restored"
  | "fresh"
  | "failed"
  | "unavailable"
  | "skipped"
  | "cancelled";

/** A target on the critical path. */
export interface CriticalTarget {
  readonly target: string;
  readonly title: string;
  readonly seconds: number;
  /** Seconds between the end of its last dependency and its own start, while others had the jobs. */
  readonly waited: number;
}

/** The chain of targets that no number of jobs makes shorter, and what more jobs would bring. */
export interface CriticalPath {
  /** In the order in which they ran, each a dependency of the next, directly or by way of others. */
  readonly targets: readonly CriticalTarget[];
  readonly seconds: number;
  readonly waited: number;
  /**
   * Seconds that the targets which ran would take: with the jobs of this run, with twice as many,
   * and, where `jobs` is absent, with any number.
   */
  readonly estimates: readonly { readonly jobs?: number; readonly seconds: number }[];
}

export type Event =
  | {
      readonly kind: "started";
      readonly project: string;
      readonly wanted: readonly string[];
      /** Targets with a rule in the plan so far; `planned` raises it when an alternative adds some. */
      readonly total: number;
      /** Those of them that are known to be fresh already, and of which nothing more is told. */
      readonly fresh: number;
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
      readonly was: "built" | "restored" | "fresh";
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
      /** Of a target that pushed or saved images. */
      readonly traffic?: Traffic;
      readonly problem?: Diagnostic;
      /** Path of the log, relative to the workspace. */
      readonly log?: string;
      /** On a skipped target: the failed one that it depends on. */
      readonly because?: string;
    }
  /** What a push left in the registry, sent or there before. */
  | { readonly kind: "pushed"; readonly target: string; readonly tags: readonly PushedTag[] }
  /** Something that cannot be undone is about to be done: somebody is asked, or was, or cannot be. */
  | {
      readonly kind: "confirmation";
      readonly target: string;
      readonly title: string;
      readonly state: ConfirmationState;
      readonly overwrites: readonly Overwrite[];
    }
  /** Something that `clean` removed. */
  | ({ readonly kind: "removed"; readonly target: string } & Removal)
  /** For a dry run: what would go, and what stays of it all in sum. */
  | ({ readonly kind: "would-remove"; readonly target: string } & Removal)
  | {
      readonly kind: "would-free";
      readonly target: string;
      readonly totals: readonly RemovalTotal[];
      readonly bytes: number;
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
  /** What a build found out was added to the lock file: keys as they stand in its lines. */
  | { readonly kind: "locked"; readonly file: string; readonly added: readonly string[] }
  | { readonly kind: "waiting"; readonly pid: number; readonly command: string }
  | { readonly kind: "warning"; readonly problem: Diagnostic }
  | { readonly kind: "problem"; readonly problem: Diagnostic }
  /** Something that targets read or made is not as it was: a watch builds. `stops`: the build that runs ends for it. */
  | { readonly kind: "changed"; readonly changed: Names; readonly stops: boolean }
  /** A watch waits. `needed`: what must change before what failed can end otherwise. */
  | {
      readonly kind: "watching";
      readonly files: number;
      readonly folders: number;
      readonly needed?: Names;
    }
  | { readonly kind: "interrupted" }
  | {
      readonly kind: "finished";
      readonly built: number;
      /** Where the shared cache had any. */
      readonly restored?: number;
      readonly fresh: number;
      readonly failed: number;
      readonly skipped: number;
      readonly seconds: number;
      /** Where two or more targets ran and none failed. */
      readonly criticalPath?: CriticalPath;
    };

/** Shows events. Never throws: what cannot be shown must not stop a build. */
export interface Reporter {
  report(event: Event): void;
  /** Ends live display, flushes. */
  close(): Promise<void>;
}
