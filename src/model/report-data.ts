/** One build as a page shows it: what became of each target, when and why. Plain data, as it lies in a report. */
import type { Artifact } from "./artifact.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { CriticalPath, PushedTag, TargetOutcome } from "./event.ts";
import type { DrawnEdge } from "./graph-drawing.ts";
import type { Traffic } from "./traffic.ts";

/** What became of a target, as far as events tell. */
export interface ToldTarget {
  readonly name: string;
  readonly title: string;
  /** Kind of the rule, or `group`. */
  readonly rule: string;
  readonly state: "waiting" | "running" | TargetOutcome;
  /** Why it was stale. */
  readonly why?: string;
  /** Milliseconds after the run began. */
  readonly startedMs?: number;
  readonly seconds?: number;
  /** One line on what was done, or on what failed. */
  readonly note?: string;
}

/** `bytes` of a file, a folder or an image, where they are known. */
export type SizedArtifact = Artifact & { readonly bytes?: number };

export interface ReportTarget extends ToldTarget {
  /** What it made. */
  readonly artifacts?: readonly SizedArtifact[];
  /** Of a target that pushed or saved images. */
  readonly traffic?: Traffic;
  /** The last lines that it put out, of one that failed. */
  readonly output?: readonly string[];
}

export interface ReportData {
  readonly project: string;
  readonly command: string;
  /** Version of tbuild. */
  readonly tbuild: string;
  /** In UTC, as ISO 8601 writes it. */
  readonly startedAt: string;
  readonly outcome: "passed" | "failed" | "interrupted";
  readonly seconds: number;
  readonly counts: {
    readonly built: number;
    readonly restored: number;
    readonly fresh: number;
    readonly failed: number;
    readonly skipped: number;
  };
  readonly targets: readonly ReportTarget[];
  readonly edges: readonly DrawnEdge[];
  /** What no target is to blame for. */
  readonly problems: readonly Diagnostic[];
  readonly pushed: readonly PushedTag[];
  readonly criticalPath?: CriticalPath;
}
