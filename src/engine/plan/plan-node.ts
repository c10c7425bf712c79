/** One target in a plan, with its state and its neighbours. What changes them is `plan.ts` alone. */
import type { TargetState } from "../../model/state.ts";
import type { Target, TargetName } from "../../model/target.ts";
import { alternativesOf, type Choice } from "./alternatives.ts";
import type { Edge } from "./graph.ts";

export interface PlanNode {
  readonly target: Target;
  settled: boolean;
  state: TargetState;
  /** Dependencies in the plan that are not final, or no longer. */
  pending: number;
  readonly dependents: PlanNode[];
  readonly edges: Edge[];
  /** Dependencies that know of it. */
  readonly linked: Set<TargetName>;
  /** Seconds of the longest path from its start to the end of the build. */
  priority: number;
  choice?: Choice | undefined;
  /** How often something else removed or changed what it had made. */
  losses: number;
}

/** Of a target that waits. */
export const planNode = (
  target: Target,
  edges: readonly Edge[],
  choice: Choice | undefined,
): PlanNode => ({
  target,
  settled: false,
  state: { kind: "waiting" },
  pending: 0,
  dependents: [],
  edges: [...edges],
  linked: new Set(),
  priority: 0,
  losses: 0,
  ...(choice && { choice }),
});

/** Edges that hold in a plan: of alternatives, the one that was chosen. */
export function liveEdges(
  edges: readonly Edge[],
  target: Target,
  choice: Choice | undefined,
): readonly Edge[] {
  const chosen = choice && alternativesOf(target)[choice.index];
  return edges.flatMap((edge) => {
    if (edge.kind !== "alternative") return [edge];
    return edge.to === chosen ? [{ to: edge.to, kind: "dependency" as const }] : [];
  });
}

/** A group, or a `first-of`: it makes nothing of its own. */
export const passesOn = ({ rule }: Target): boolean =>
  rule === undefined || rule.kind === "first-of";

/** The targets whose artifacts one that makes none passes on. */
export function passedOnBy(node: PlanNode): readonly TargetName[] {
  const { target } = node;
  if (!target.rule) return target.needs;
  const chosen = node.choice && alternativesOf(target)[node.choice.index];
  return chosen === undefined ? [] : [chosen];
}
