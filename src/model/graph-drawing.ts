/** A graph as whoever draws it needs it: names, kinds, states. */

export interface DrawnTarget {
  readonly name: string;
  readonly title: string;
  /** Kind of the rule, or `group`. */
  readonly rule: string;
  /** `not-taken`: an alternative that is not in the plan. Absent where nobody looked. */
  readonly state?: "fresh" | "stale" | "uncertain" | "problem" | "not-taken";
  /** Of the last run. */
  readonly seconds?: number;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "dependency" | "order-only" | "service" | "alternative";
}

export interface GraphDrawing {
  readonly targets: readonly DrawnTarget[];
  readonly edges: readonly DrawnEdge[];
}
