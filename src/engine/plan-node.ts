/** One target in a plan, with its state and its neighbours. What changes them is `plan.ts` alone. */
import type { TargetState } from "../model/state.ts";
import type { Target, TargetName } from "../model/target.ts";
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

/** Made only when somebody asks for it: of thousands of settled targets few are read. */
export class SettledNode implements PlanNode {
  settled = true;
  losses = 0;
  state: TargetState = { kind: "done", how: "fresh", artifacts: [] };
  pending = 0;
  readonly dependents: PlanNode[] = [];
  readonly edges: Edge[] = [];
  readonly linked = new Set<TargetName>();
  priority = 0;
  /** Whether its edges are known. */
  isOpen = false;
  readonly #declared: () => Target;
  readonly #choose: (target: Target) => Choice;
  #target: Target | undefined;

  constructor(declared: () => Target, choose: (target: Target) => Choice) {
    this.#declared = declared;
    this.#choose = choose;
  }

  get target(): Target {
    this.#target ??= this.#declared();
    return this.#target;
  }

  get choice(): Choice | undefined {
    return this.target.rule?.kind === "first-of" ? this.#choose(this.target) : undefined;
  }
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
