/**
 * The table of an earlier plan with what this run found of the targets that were not settled. Most
 * runs change a few files of thousands and no dependency: then nothing else is made anew.
 */
import type { TargetName } from "../../model/target.ts";
import type { BuildRoom } from "../build-room.ts";
import type { TargetTable } from "./compiled-plan.ts";
import { type Rows, rowKinds } from "./plan-rows.ts";
import { RowBuilder } from "./row-builder.ts";
import { type SettledTargets, sameEdges } from "./settled.ts";
import { readsOfTarget } from "./target-reads.ts";

export interface Patched {
  readonly rows: RowBuilder;
  readonly targets: TargetTable;
}

/** @returns undefined when this run planned other targets than the earlier one, or with other dependencies */
export function patchTargets(room: BuildRoom): Patched | undefined {
  const { settled } = room;
  const planned = settled && plannedIn(settled, room);
  if (!settled || !planned) return undefined;
  const { table, checked } = settled;
  if (isMostlyIdle(checked.plan.rows)) return undefined;
  const rows = new RowBuilder(room.project.root, checked.plan.rows, reliedRows(settled));
  const flags = table.flags.slice();
  const reads = new Map<number, ArrayLike<number>>();
  for (const [index, name] of planned) {
    const found = readsOfTarget(name, room, rows);
    flags[index] = found.flags;
    reads.set(index, found.reads);
  }
  return { rows, targets: { ...table, flags, reads: table.reads.with(reads) } };
}

/** The targets that were not settled, when they are those that were planned. */
function plannedIn(
  settled: SettledTargets,
  { plan }: BuildRoom,
): ReadonlyMap<number, TargetName> | undefined {
  const planned = new Map<number, TargetName>();
  for (const { name } of plan.targets()) {
    const index = settled.indexOf(name);
    if (index === undefined || !sameEdges(plan.edgesOf(name), settled.edgesOf(index))) {
      return undefined;
    }
    planned.set(index, name);
  }
  for (let index = 0; index < settled.table.names.length; index++) {
    if (!settled.isSettled(index) && !planned.has(index)) return undefined;
  }
  return planned;
}

/** Rows are not taken out one by one: when half of them are idle, all are collected anew. */
function isMostlyIdle({ kinds }: Rows): boolean {
  const idle = kinds.reduce((sum, kind) => sum + (kind === rowKinds.idle ? 1 : 0), 0);
  return idle > kinds.length / 2;
}

/** Rows that targets rely on which nobody looked at again. */
function reliedRows(settled: SettledTargets): Uint8Array {
  const { table, checked } = settled;
  const relied = new Uint8Array(checked.plan.rows.paths.length);
  for (let index = 0; index < table.names.length; index++) {
    if (settled.isSettled(index)) for (const row of table.reads.at(index)) relied[row] = 1;
  }
  return relied;
}
