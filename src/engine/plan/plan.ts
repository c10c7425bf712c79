/**
 * The wanted targets with their states. It grows when an alternative is reached, and knows what is
 * ready; what is done with that is decided by the scheduler.
 */
import type { Artifact } from "../../model/artifact.ts";
import { isFinal, type TargetState } from "../../model/state.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import type { Choice } from "./alternatives.ts";
import type { Edge, Graph } from "./graph.ts";
import { liveEdges, type PlanNode, passedOnBy, passesOn, planNode } from "./plan-node.ts";
import { type Settled, SettledNode } from "./settled-node.ts";

export class Plan {
  readonly graph: Graph;
  readonly #choose: (target: Target) => Choice;
  readonly #settled: Settled | undefined;
  readonly #nodes = new Map<TargetName, PlanNode>();
  /** Settled targets that were planned all the same, since what they had made was lost. */
  #unsettled = 0;
  /** Dependencies before dependents. */
  readonly #order: PlanNode[] = [];
  #ready: PlanNode[] = [];
  readonly #wanted = new Set<TargetName>();

  constructor(graph: Graph, choose: (target: Target) => Choice, settled?: Settled) {
    this.graph = graph;
    this.#choose = choose;
    this.#settled = settled;
  }

  /**
   * Adds targets with all that they need.
   * @returns the targets that are new in the plan, dependencies first
   */
  demand(names: readonly TargetName[]): readonly Target[] {
    const from = this.#order.length;
    for (const name of names) {
      this.#wanted.add(name);
      this.#add(name);
    }
    return this.#order.slice(from).map(({ target }) => target);
  }

  /** Dependencies first; targets that were settled from the start are not among them. */
  targets(): readonly Target[] {
    return this.#order.map(({ target }) => target);
  }

  /** How many settled targets came to be among them. */
  get unsettled(): number {
    return this.#unsettled;
  }

  targetNamed(name: TargetName): Target {
    return this.#node(name).target;
  }

  stateOf(name: TargetName): TargetState {
    return this.#node(name).state;
  }

  /** Edges that hold in this plan: of alternatives, the one that was chosen. */
  edgesOf(name: TargetName): readonly Edge[] {
    const node = this.#node(name);
    if (node instanceof SettledNode && !node.isOpen) this.#open(node);
    return node.edges;
  }

  choiceOf(name: TargetName): Choice | undefined {
    return this.#node(name).choice;
  }

  /** What a target made; a group and a `first-of` pass on what their dependencies made. */
  artifactsOf(name: TargetName): readonly Artifact[] {
    const node = this.#node(name);
    const { target, state } = node;
    if (state.kind !== "done") return [];
    if (passesOn(target)) return passedOnBy(node).flatMap((from) => this.artifactsOf(from));
    return node.settled && this.#settled ? this.#settled.artifactsOf(target) : state.artifacts;
  }

  dependentsOf(name: TargetName): readonly TargetName[] {
    return this.#node(name).dependents.map(({ target }) => target.name);
  }

  /** Whether nobody is left without it: it is an alternative, or only alternatives name it. */
  mayBePassedOver(name: TargetName): boolean {
    const { target, dependents } = this.#node(name);
    if (target.alternativeOf !== undefined) return true;
    if (this.#wanted.has(name) || dependents.length === 0) return false;
    return dependents.every((node) => node.target.alternativeOf && !node.target.rule);
  }

  lossesOf(name: TargetName): number {
    return this.#node(name).losses;
  }

  /** Whether all that it waits for is final. */
  isReady(name: TargetName): boolean {
    return this.#node(name).pending === 0;
  }

  /** What a target had made is gone: it is made again, and what passes it on waits for it. */
  lose(name: TargetName, reason: StaleReason): void {
    const node = this.#node(name);
    node.losses++;
    if (node.settled) {
      node.settled = false;
      this.#order.push(node);
      this.#unsettled++;
    }
    this.move(name, { kind: "queued", reason });
  }

  /** The one place where a state changes. */
  move(name: TargetName, state: TargetState): void {
    const node = this.#node(name);
    const wasFinal = isFinal(node.state);
    node.state = state;
    if (!wasFinal && isFinal(state)) this.#ended(node);
    if (wasFinal && !isFinal(state)) this.#reopened(node);
    if (state.kind === "waiting" && node.pending === 0) this.#ready.push(node);
  }

  #ended(node: PlanNode): void {
    for (const dependent of node.dependents) {
      if (--dependent.pending === 0 && dependent.state.kind === "waiting") {
        this.#ready.push(dependent);
      }
    }
  }

  /** What ran with the good artifact stays done; what only passes it on has to have the new one. */
  #reopened(first: PlanNode): void {
    const open = [first];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const dependent of node.dependents) {
        dependent.pending++;
        if (dependent.state.kind !== "done" || !passesOn(dependent.target)) continue;
        dependent.state = { kind: "waiting" };
        open.push(dependent);
      }
    }
  }

  /** Takes the targets whose dependencies are all final since the last call. */
  takeReady(): readonly Target[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready.map(({ target }) => target);
  }

  /** Lets a `first-of` wait for another alternative. */
  choose(name: TargetName, choice: Choice): void {
    const node = this.#node(name);
    node.choice = choice;
    node.edges.splice(0, node.edges.length, ...this.#liveEdges(node.target, choice));
    node.state = { kind: "waiting" };
    this.#link(node);
    if (node.pending === 0) this.#ready.push(node);
  }

  /** Weighs all targets anew, by the seconds that each took when it was last made. */
  prioritise(secondsOf: (target: Target) => number): void {
    for (const node of [...this.#order].reverse()) {
      const after = node.dependents.reduce((most, { priority }) => Math.max(most, priority), 0);
      node.priority = secondsOf(node.target) + after;
    }
  }

  priorityOf(name: TargetName): number {
    return this.#node(name).priority;
  }

  #node(name: TargetName): PlanNode {
    const node = this.#nodes.get(name) ?? this.#settle(name);
    if (!node) throw new Error(`${name} is not in the plan`);
    return node;
  }

  /** Iterative, since a chain of targets may be longer than the call stack is deep. */
  #add(name: TargetName): void {
    const stack: { readonly node: PlanNode; next: number }[] = [];
    const enter = (entered: TargetName): void => {
      if (!this.#nodes.has(entered) && !this.#settle(entered))
        stack.push({ node: this.#create(entered), next: 0 });
    };
    enter(name);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const edge = frame.node.edges[frame.next++];
      if (edge !== undefined) {
        enter(edge.to);
        continue;
      }
      stack.pop();
      this.#order.push(frame.node);
      this.#link(frame.node);
      if (frame.node.pending === 0) this.#ready.push(frame.node);
    }
  }

  /** Somebody has to know what is behind a settled target after all. */
  #open(node: SettledNode): void {
    node.isOpen = true;
    node.edges.push(...this.#liveEdges(node.target, node.choice));
    this.#link(node);
  }

  /** A node without edges: what is behind it need not be known. */
  #settle(name: TargetName): PlanNode | undefined {
    if (!this.#settled?.has(name)) return undefined;
    const node = new SettledNode(() => this.#declared(name), this.#choose);
    this.#nodes.set(name, node);
    return node;
  }

  #declared(name: TargetName): Target {
    const target = this.graph.project.targets.get(name);
    if (!target) throw new Error(`${name} is not declared`);
    return target;
  }

  #create(name: TargetName): PlanNode {
    const target = this.#declared(name);
    const choice = target.rule?.kind === "first-of" ? this.#choose(target) : undefined;
    const node = planNode(target, this.#liveEdges(target, choice), choice);
    this.#nodes.set(name, node);
    return node;
  }

  #liveEdges(target: Target, choice: Choice | undefined): readonly Edge[] {
    return liveEdges(this.graph.edges.get(target.name) ?? [], target, choice);
  }

  /** Counts what it waits for, and tells these who waits. */
  #link(node: PlanNode): void {
    for (const { to } of node.edges) {
      if (node.linked.has(to)) continue;
      node.linked.add(to);
      if (!this.#nodes.has(to)) this.#add(to);
      const dependency = this.#node(to);
      dependency.dependents.push(node);
      if (!isFinal(dependency.state)) node.pending++;
    }
  }
}
