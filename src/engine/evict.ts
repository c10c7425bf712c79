/**
 * Brings what a run leaves between runs below its limits, at its end. Nothing that the run relied on
 * goes, and artifacts are not looked at: what goes costs the next run time.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { boundFolder } from "../store/bounded-folder.ts";
import type { BuildRequest } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { traceKey } from "./fresh/trace-key.ts";

/** How many commands a workspace keeps a plan of. */
const plansKept = 12;

/** Before the traces are closed. */
export function evictTraces({ command, project, limits }: BuildRequest, room: BuildRoom): void {
  const { traces, evictions, plan, settled } = room;
  const at = new Date().toISOString();
  let known: ReadonlySet<string> | undefined;
  const inUse = (): ReadonlySet<string> => {
    known ??= keysInUse(room);
    return known;
  };
  traces.noteUse(limits.traces, useMark(at, command), inUse);
  traces.bound({
    limit: limits.traces,
    targets: plan.targets().length + (settled?.made ?? 0),
    inUse,
    isThere: (output) => existsSync(path.resolve(project.root, output)),
    onEvict: (keys) => evictions.record("traces", keys, { at, limit: limits.traces }),
  });
}

/** Of a day and a command line, which is not to be read from it. */
const useMark = (at: string, command: string): string =>
  createHash("sha256")
    .update(`${at.slice(0, 10)} ${command}`)
    .digest("hex")
    .slice(0, 16);

/** When nothing more is written; the plan of this command stays. */
export function evictFiles(
  { plan, limits }: BuildRequest,
  { state, logs, blobs, clones }: BuildRoom,
): void {
  logs.bound(new Date().toISOString());
  blobs.bound(limits.blobs);
  clones.bound(limits.clones);
  boundFolder(state.plans, {
    bytes: limits.plans,
    count: plansKept,
    isInUse: (name) => name === plan?.key,
  });
}

/** Of all targets of the plan, and of those that an earlier plan showed to be fresh. */
function keysInUse({ plan, settled, project }: BuildRoom): ReadonlySet<string> {
  const keys = new Set(plan.targets().map((target) => traceKey(project, target)));
  for (const [index, name] of settled?.table.names.entries() ?? []) {
    const target = settled?.isSettled(index) ? project.targets.get(name) : undefined;
    if (target) keys.add(traceKey(project, target));
  }
  return keys;
}
