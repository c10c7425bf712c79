/** What one target of a run rests on, as rows of a plan. */
import { treeReader } from "../../files/digests.ts";
import { type Artifact, isOnDisk } from "../../model/artifact.ts";
import type { TargetName } from "../../model/target.ts";
import { actsAlways } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import { isMade } from "../fresh/examine.ts";
import { asksAgain } from "../plan/alternatives.ts";
import { freshFlag, madeFlag } from "./compiled-plan.ts";
import type { RowBuilder } from "./row-builder.ts";

export interface TargetReads {
  /** Of `madeFlag` and `freshFlag`. */
  readonly flags: number;
  /** Rows that it read. */
  readonly reads: readonly number[];
}

/** For a target of the plan, once the run has come to its end. */
export function readsOfTarget(name: TargetName, room: BuildRoom, rows: RowBuilder): TargetReads {
  const target = room.plan.targetNamed(name);
  const isDone = room.plan.stateOf(name).kind === "done";
  if (!isMade(target)) {
    const choice = room.plan.choiceOf(name);
    const isSure = isDone && !(choice && asksAgain(room.project, target, choice));
    return { flags: isSure ? freshFlag : 0, reads: [] };
  }
  const reads = isDone ? rowsOf(name, room, rows) : undefined;
  return reads ? { flags: madeFlag | freshFlag, reads } : { flags: madeFlag, reads: [] };
}

/** @returns undefined when the target cannot be told to be fresh by what was looked at */
function rowsOf(name: TargetName, room: BuildRoom, rows: RowBuilder): number[] | undefined {
  const { looks, traceOf, plan } = room;
  const target = plan.targetNamed(name);
  if (actsAlways(target)) return undefined;
  const state = plan.stateOf(name);
  const artifacts = state.kind === "done" ? state.artifacts : [];
  const read = looks.readBy(name);
  if (read === undefined || traceOf(target)?.artifacts !== artifacts) return undefined;
  const paths = new Set(read);
  for (const artifact of artifacts) for (const made of pathsOf(artifact, room)) paths.add(made);
  const found: number[] = [];
  for (const path of paths) {
    const added = rows.addLook(path, looks);
    if (added === undefined) return undefined;
    found.push(...added);
  }
  return found;
}

function pathsOf(artifact: Artifact, { files, looks }: BuildRoom): Iterable<string> {
  if (!isOnDisk(artifact)) return [];
  const place = files.absolute(artifact.path);
  // A tree that nobody went through has no look of its own, and then the target is checked again.
  return artifact.kind === "file" ? [place] : (looks.readBy(treeReader(place)) ?? [place]);
}
