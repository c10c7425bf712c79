/**
 * What an earlier plan says of targets that nothing touched since: they are fresh without being
 * looked at one by one. Which they are follows from what changed, and from who depends on that.
 */
import type { Artifact } from "../../model/artifact.ts";
import type { Project, Target, TargetName } from "../../model/target.ts";
import type { TraceStore } from "../../store/trace-store.ts";
import { traceKey } from "../fresh/trace-key.ts";
import type { Announcement } from "../plan/announcement.ts";
import type { Edge, Graph } from "../plan/graph.ts";
import type { Settled } from "../plan/settled-node.ts";
import type { CheckedPlan } from "./check-plan.ts";
import {
  freshFlag,
  kindOfEdge,
  madeFlag,
  type TargetTable,
  targetOfEdge,
} from "./compiled-plan.ts";

/** Whether a target is to be looked at for reasons that lie in the target file. */
type IsTouched = (name: TargetName, edges: () => readonly Edge[]) => boolean;

export class SettledTargets implements Settled {
  readonly checked: CheckedPlan;
  readonly table: TargetTable;
  readonly #indexes: ReadonlyMap<TargetName, number>;
  readonly #settled: Uint8Array;
  readonly #room: { readonly project: Project; readonly traces: TraceStore };

  constructor(
    checked: CheckedPlan,
    table: TargetTable,
    room: { readonly project: Project; readonly traces: TraceStore },
    isTouched?: IsTouched,
  ) {
    this.checked = checked;
    this.table = table;
    this.#room = room;
    this.#indexes = new Map(table.names.map((name, index) => [name, index]));
    this.#settled = this.#settle(isTouched);
  }

  has(name: TargetName): boolean {
    const index = this.#indexes.get(name);
    return index !== undefined && this.isSettled(index);
  }

  isSettled(index: number): boolean {
    return this.#settled[index] === 1;
  }

  /** Index in the table, of one that need not be settled. */
  indexOf(name: TargetName): number | undefined {
    return this.#indexes.get(name);
  }

  /** How many have something to make. */
  get made(): number {
    let count = 0;
    for (const [index, settled] of this.#settled.entries()) {
      if (settled === 1 && ((this.table.flags[index] as number) & madeFlag) !== 0) count++;
    }
    return count;
  }

  get makers(): ReadonlyMap<string, TargetName> {
    return new Map(this.checked.plan.about.makers);
  }

  /** What is told of the `first-of` targets among them. */
  settledChoices(): readonly Announcement[] {
    return this.checked.plan.about.choices.filter(({ target }) => this.has(target as TargetName));
  }

  artifactsOf(target: Target): readonly Artifact[] {
    const trace = this.#room.traces.get(traceKey(this.#room.project, target));
    if (!trace) throw new Error(`${target.name} is settled and has no trace`);
    return trace.artifacts;
  }

  /** Of any target of the table. */
  edgesOf(index: number): readonly Edge[] {
    return Array.from(this.table.edges.at(index), (edge) => ({
      to: this.table.names[targetOfEdge(edge)] as TargetName,
      kind: kindOfEdge(edge),
    }));
  }

  /** Dependencies come first, so that one pass tells who depends on what is not settled. */
  #settle(isTouched?: IsTouched): Uint8Array {
    const { names, flags, reads, edges } = this.table;
    const settled = new Uint8Array(names.length);
    const { rows, targets } = this.checked;
    const changed = new Set(rows);
    const isChanged = (row: number): boolean => changed.has(row);
    const isOpen = (edge: number): boolean => settled[targetOfEdge(edge)] !== 1;
    const changedImage = new Set(targets);
    for (let index = 0; index < names.length; index++) {
      const holds =
        ((flags[index] as number) & freshFlag) !== 0 &&
        !changedImage.has(index) &&
        !reads.some(index, isChanged) &&
        !edges.some(index, isOpen) &&
        !isTouched?.(names[index] as TargetName, () => this.edgesOf(index));
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
): IsTouched {
  return (name, edges) => {
    const target = graph.project.targets.get(name);
    // What a `first-of` chose before may not be what it would choose now.
    if (!target || target.rule?.kind === "first-of") return true;
    const family = familyOf(name);
    if (before.get(family) === undefined || before.get(family) !== now.get(family)) return true;
    return !sameEdges(graph.edges.get(name) ?? [], edges());
  };
}

/** The name of the declaration: of a matrix member, and of an alternative. */
const familyOf = (name: TargetName): string => name.split(/[[#]/, 1)[0] as string;

/** The same targets in the same order, needed in the same way. */
export const sameEdges = (a: readonly Edge[], b: readonly Edge[]): boolean =>
  a.length === b.length &&
  a.every(({ to, kind }, index) => b[index]?.to === to && b[index]?.kind === kind);
