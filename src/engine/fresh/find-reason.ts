/** Why a planned target has to run: because it always does, was forced, or is stale. */
import type { Target } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import { actsAlways } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import { findStaleReasons } from "./check-freshness.ts";
import type { Reading } from "./read-target.ts";
import { traceKey } from "./trace-key.ts";

/** The first of `findReasons`, or undefined when the target is fresh. */
export async function findReason(
  target: Target,
  reading: Reading,
  room: BuildRoom,
): Promise<StaleReason | undefined> {
  return (await findReasons(target, reading, room))[0];
}

/**
 * Why a target of the plan has to run: every reason, causes before consequences; none when it is
 * fresh. The engine is asked for its images only when a trace tells of one.
 */
export async function findReasons(
  target: Target,
  reading: Reading,
  room: BuildRoom,
): Promise<readonly StaleReason[]> {
  if (actsAlways(target)) return [{ kind: "always" }];
  const trace = room.traceOf(target);
  if (!trace) return [reasonWithoutTrace(target, room)];
  if (trace.artifacts.some(({ kind }) => kind === "image")) await room.images.load(room.docker);
  if (room.forced.has(target.name)) return [{ kind: "forced" }];
  return findStaleReasons(reading, trace, room.files, room.images);
}

function reasonWithoutTrace(target: Target, { project, evictions }: BuildRoom): StaleReason {
  const eviction = evictions.find("traces", traceKey(project, target));
  return eviction ? { kind: "trace-evicted", ...eviction } : { kind: "never-made" };
}
