/**
 * What an earlier plan says of targets that nothing touched since: they are fresh without being
 * looked at one by one. Which they are follows from what changed, and from who depends on that.
 */
import type { Artifact, Digest } from "../model/artifact.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { TraceStore } from "../store/trace-store.ts";
import type { Announcement } from "./announcement.ts";
import type { CheckedPlan } from "./check-plan.ts";
import type { PlannedTarget } from "./compiled-plan.ts";
import type { Edge, Graph } from "./graph.ts";
import type { Settled } from "./plan.ts";
import type { Rows } from "./plan-rows.ts";
import { traceKey } from "./trace-key.ts";

export class SettledTargets implements Settled {
  readonly rows: Rows;
  readonly #checked: CheckedPlan;
  readonly #targets: readonly PlannedTarget[];
  readonly #indexes: ReadonlyMap<TargetName, number>;
  readonly #settled: Uint8Array;
  readonly #room: { readonly project: Project; readonly traces: TraceStore };

  /** @param isTouched whether a target is to be looked at for reasons that lie in the target file */
  constructor(
    checked: CheckedPlan,
    targets: readonly PlannedTarget[],
    room: { readonly project: Project; readonly traces: TraceStore },
    isTouched: (target: PlannedTarget, edges: readonly Edge[]) => boolean = () => false,
  ) {
    this.#checked = checked;
    this.#targets = targets;
    this.#room = room;
    this.rows = checked.plan.rows;
    this.#indexes = new Map(targets.map(({ name }, index) => [name, index]));
    this.#settled = this.#settle(isTouched);
  }

  has(name: TargetName): boolean {
    const index = this.#indexes.get(name);
    return index !== undefined && this.#settled[index] === 1;
  }

  /** How many of them have something to make. */
  get made(): number {
    return this.#targets.filter((target, index) => target.isMade && this.#settled[index] === 1)
      .length;
  }

  /** Of the caller's environment, that the rules of the earlier run counted. */
  get variables(): readonly string[] {
    return this.#checked.plan.about.variables.flatMap(({ name, secret }) => (secret ? [] : [name]));
  }

  get makers(): ReadonlyMap<string, TargetName> {
    return new Map(this.#checked.plan.about.makers);
  }

  /** What is told of the `first-of` targets among them. */
  settledChoices(): readonly Announcement[] {
    return this.#checked.plan.about.choices.filter(({ target }) => this.has(target as TargetName));
  }

  artifactsOf(target: Target): readonly Artifact[] {
    const trace = this.#room.traces.get(traceKey(this.#room.project, target));
    if (!trace) throw new Error(`${target.name} is settled and has no trace`);
    return trace.artifacts;
  }

  plannedOf(name: TargetName): PlannedTarget | undefined {
    return this.#targets[this.#indexes.get(name) ?? -1];
  }

  edgesOf(name: TargetName): readonly Edge[] {
    const planned = this.plannedOf(name);
    return planned ? this.#edgesOf(planned) : [];
  }

  imagesOf(name: TargetName): readonly (readonly [reference: string, id: Digest])[] {
    const index = this.#indexes.get(name);
    return this.#checked.plan.about.images.flatMap(([reference, id, target]) =>
      target === index ? [[reference, id] as const] : [],
    );
  }

  #edgesOf({ edges }: PlannedTarget): readonly Edge[] {
    return edges.map(([to, kind]) => ({ to: (this.#targets[to] as PlannedTarget).name, kind }));
  }

  /** Dependencies come first, so that one pass tells who depends on what is not settled. */
  #settle(isTouched: (target: PlannedTarget, edges: readonly Edge[]) => boolean): Uint8Array {
    const settled = new Uint8Array(this.#targets.length);
    const changedRow = new Uint8Array(this.rows.paths.length);
    for (const row of this.#checked.rows) changedRow[row] = 1;
    const changedImage = new Set(this.#checked.targets);
    for (const [index, target] of this.#targets.entries()) {
      const holds =
        target.isFresh &&
        !changedImage.has(index) &&
        !target.reads.some((row) => changedRow[row] === 1) &&
        target.edges.every(([to]) => settled[to] === 1) &&
        !isTouched(target, this.#edgesOf(target));
      if (holds) settled[index] = 1;
    }
    return settled;
  }
}

/** Whether the target file says of a target what it said when the plan was made. */
export function touchedBy(
  graph: Graph,
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): (target: PlannedTarget, edges: readonly Edge[]) => boolean {
  return ({ name }, edges) => {
    const target = graph.project.targets.get(name);
    // What a `first-of` chose before may not be what it would choose now.
    if (!target || target.rule?.kind === "first-of") return true;
    const family = familyOf(name);
    if (before.get(family) === undefined || before.get(family) !== now.get(family)) return true;
    return !sameEdges(graph.edges.get(name) ?? [], edges);
  };
}

/** The name of the declaration: of a matrix member, and of an alternative. */
const familyOf = (name: TargetName): string => name.split(/[[#]/, 1)[0] as string;

export const sameEdges = (a: readonly Edge[], b: readonly Edge[]): boolean =>
  a.length === b.length &&
  a.every(({ to, kind }, index) => b[index]?.to === to && b[index]?.kind === kind);
