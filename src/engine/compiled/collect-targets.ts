/** Goes through all targets below the wanted ones, planned in this run or settled by an earlier plan. */
import type { TargetName } from "../../model/target.ts";
import type { BuildRoom } from "../build-room.ts";
import type { Edge } from "../plan/graph.ts";
import { packEdge, type TargetTable } from "./compiled-plan.ts";
import { NumberLists } from "./number-lists.ts";
import type { RowBuilder } from "./row-builder.ts";
import { readsOfTarget } from "./target-reads.ts";

/**
 * A row for each target, its dependencies before it, so that one pass in this order tells what is settled.
 * @param rows takes the entries of the file system that the targets read
 */
export function collectTargets(
  wanted: readonly TargetName[],
  room: BuildRoom,
  rows: RowBuilder,
): TargetTable {
  const indexes = new Map<TargetName, number>();
  const names: TargetName[] = [];
  const flags: number[] = [];
  const reads: ArrayLike<number>[] = [];
  const edges: number[][] = [];
  for (const found of dependenciesFirst(wanted, room)) {
    indexes.set(found.name, names.length);
    names.push(found.name);
    const own = readsOf(found.name, room, rows);
    flags.push(own.flags);
    reads.push(own.reads);
    edges.push(
      found.edges.flatMap(({ to, kind }) => {
        const index = indexes.get(to);
        return index === undefined ? [] : [packEdge(index, kind)];
      }),
    );
  }
  return {
    names,
    flags: Uint8Array.from(flags),
    reads: NumberLists.from(reads),
    edges: NumberLists.from(edges),
  };
}

/** Iterative, since a chain of targets may be longer than the call stack is deep. */
function* dependenciesFirst(wanted: readonly TargetName[], room: BuildRoom) {
  const entered = new Set<TargetName>();
  const stack: { readonly name: TargetName; readonly edges: readonly Edge[]; next: number }[] = [];
  const enter = (name: TargetName): void => {
    if (entered.has(name)) return;
    entered.add(name);
    stack.push({ name, edges: edgesOf(name, room), next: 0 });
  };
  for (const name of wanted) {
    enter(name);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const edge = frame.edges[frame.next++];
      if (edge !== undefined) enter(edge.to);
      else {
        stack.pop();
        yield frame;
      }
    }
  }
}

function edgesOf(name: TargetName, { settled, plan }: BuildRoom): readonly Edge[] {
  const index = settled?.has(name) ? settled.indexOf(name) : undefined;
  return settled && index !== undefined ? settled.edgesOf(index) : plan.edgesOf(name);
}

function readsOf(name: TargetName, room: BuildRoom, rows: RowBuilder) {
  const { settled } = room;
  const index = settled?.has(name) ? settled.indexOf(name) : undefined;
  if (!settled || index === undefined) return readsOfTarget(name, room, rows);
  const { table, checked } = settled;
  const reads = Array.from(table.reads.at(index), (row) => rows.addRow(checked.plan.rows, row));
  return { flags: table.flags[index] as number, reads };
}
