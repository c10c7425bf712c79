/** The place in a plan of a target that is known to be fresh. Which those are is told by `settled.ts`. */
import type { Artifact } from "../../model/artifact.ts";
import type { TargetState } from "../../model/state.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { Choice } from "./alternatives.ts";
import type { Edge } from "./graph.ts";
import type { PlanNode } from "./plan-node.ts";

/** Targets that are known to be fresh before anything is planned: what is behind them is not looked at. */
export interface Settled {
  has(name: TargetName): boolean;
  /** What a target with a rule made. */
  artifactsOf(target: Target): readonly Artifact[];
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
