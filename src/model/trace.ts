/** Records of successful runs, and why one no longer holds. */
import type { Digest, KeptArtifact } from "./artifact.ts";
import { describeEviction, type Eviction } from "./eviction.ts";
import { describePart, isPlainPart, pinOfPart } from "./part.ts";
import { pinName, shortPin } from "./pin-words.ts";
import type { TargetName } from "./target.ts";

/**
 * What one target read, part by part, from the walk that also makes the fingerprint. Keys are those of
 * `part.ts`, such as `file PATH`; values are digests, or the plain value where it is short.
 */
export type Parts = Readonly<Record<string, string>>;

export interface Trace {
  /** What it is kept under: one target may have a trace for each set of outputs that it can make. */
  readonly key: string;
  readonly target: TargetName;
  readonly fingerprint: Digest;
  readonly parts: Parts;
  /** Dependents hash these and never our fingerprint: this gives early cutoff. */
  readonly artifacts: readonly KeptArtifact[];
  /** Wall time of the run. */
  readonly seconds: number;
  /** Milliseconds since the epoch when the run ended. */
  readonly finishedAt: number;
  /** Index of the alternative that a `first-of` took. */
  readonly alternative?: number;
  /** Of a checkout: the commit that lies there. */
  readonly commit?: string;
  /** HOST/NAME of the shared cache that it came from. */
  readonly restoredFrom?: string;
  /** Engine that holds the images; artifacts that are images exist only there. */
  readonly engine?: string;
}

export type StaleReason =
  | { readonly kind: "never-made" }
  /** It was made, and nothing is known of it any more. */
  | ({ readonly kind: "trace-evicted" } & Eviction)
  | { readonly kind: "forced" }
  | { readonly kind: "always" }
  | { readonly kind: "part-added"; readonly part: string }
  | { readonly kind: "part-removed"; readonly part: string }
  | {
      readonly kind: "part-changed";
      readonly part: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: "output-missing"; readonly output: string }
  | { readonly kind: "output-changed"; readonly output: string }
  | { readonly kind: "image-missing"; readonly reference: string }
  | { readonly kind: "image-moved"; readonly reference: string }
  | { readonly kind: "other-engine" };

/** The one wording of a stale reason, for the console, `explain`, the report and the server. */
export function describeStaleReason(reason: StaleReason): string {
  switch (reason.kind) {
    case "never-made":
      return "never made";
    case "trace-evicted":
      return describeEviction("traces", reason);
    case "forced":
      return "forced";
    case "always":
      return "made each time it is asked for";
    case "part-added":
      return `${describePart(reason.part)} is new`;
    case "part-removed":
      return `${describePart(reason.part)} is gone`;
    case "part-changed":
      return describeChange(reason);
    case "output-missing":
      return `output \`${reason.output}\` is missing`;
    case "output-changed":
      return `output \`${reason.output}\` was changed by something else`;
    case "image-missing":
      return `image \`${reason.reference}\` is missing in the engine`;
    case "image-moved":
      return `\`${reason.reference}\` names another image now`;
    case "other-engine":
      return "made in another engine";
  }
}

function describeChange({ part, from, to }: StaleReason & { kind: "part-changed" }): string {
  const pin = pinOfPart(part);
  if (pin !== undefined) {
    return `the lock moved \`${pinName(pin)}\` from \`${shortPin(from)}\` to \`${shortPin(to)}\``;
  }
  return isPlainPart(part)
    ? `${describePart(part)} changed from \`${from}\` to \`${to}\``
    : `${describePart(part)} changed`;
}
