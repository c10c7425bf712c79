/** Records what a run made, when that is the truth about its inputs. */
import { type Signature, sameSignature } from "../../files/looks.ts";
import { type Artifact, isKept } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import { pathOfPart } from "../../model/part.ts";
import type { Target } from "../../model/target.ts";
import type { Trace } from "../../model/trace.ts";
import { actsAlways } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import { type Reading, readTarget, withPins } from "../fresh/read-target.ts";
import { traceKey } from "../fresh/trace-key.ts";
import { inputChangedProblem, unrecordedProblem } from "../problems.ts";
import { systemProblem } from "../system-problem.ts";

export interface RunToRecord {
  readonly room: BuildRoom;
  /** Of the inputs, before the run. */
  readonly signatures: readonly (Signature | undefined)[];
  /** Wall time of the run. */
  readonly seconds: number;
  /** Of a checkout. */
  readonly commit?: string | undefined;
  /** HOST/NAME of the shared cache that it came from. */
  readonly restoredFrom?: string;
}

/**
 * Records a success. An input that changed since it was checked means no trace: what was made may be
 * of the old content or of the new one, so the target is made again next time.
 */
export function recordRun(
  target: Target,
  reading: Reading,
  artifacts: readonly Artifact[],
  { room, signatures, seconds, commit, restoredFrom }: RunToRecord,
): void {
  for (const artifact of artifacts) {
    if (artifact.kind === "image") room.images.note(artifact.references, artifact.digest);
  }
  if (actsAlways(target)) return;
  if (!artifacts.every(isKept)) throw new Error(`${target.name} made what no trace can tell of`);
  const key = traceKey(room.project, target);
  const whole = withPins(reading, target, room.reading);
  const changed = findChanged(target, whole, signatures, room);
  if (changed !== undefined) {
    room.traces.drop(key);
    room.evictions.forget("traces", key);
    room.reporter.report({ kind: "warning", problem: inputChangedProblem(target, changed) });
    return;
  }
  const { parts, fingerprint } = whole;
  const finishedAt = Date.now();
  const made = { key, target: target.name, fingerprint, parts, artifacts, seconds, finishedAt };
  const more = {
    ...(commit !== undefined && { commit }),
    ...(restoredFrom !== undefined && { restoredFrom }),
  };
  keep({ ...made, ...more }, room);
}

/** A trace that cannot be written, on a full disk, costs another run of the target and nothing else. */
function keep(trace: Trace, room: BuildRoom): void {
  try {
    room.traces.put(trace);
  } catch (error) {
    const cause = systemProblem(error);
    if (!cause) throw error;
    const problem = unrecordedProblem(trace.target, cause);
    room.reporter.report({ kind: "warning", problem });
  }
}

/**
 * An input that is not what the target was checked with: one that was touched while it ran, one that
 * was replaced while it waited to run, one that came or went. What dependencies made was looked at before.
 */
function findChanged(
  target: Target,
  reading: Reading,
  signatures: RunToRecord["signatures"],
  room: BuildRoom,
): string | undefined {
  const touched = reading.inputs.find(
    (input, index) => !isSame(signatures[index], room.digests.signature(input.path)),
  );
  return touched?.name ?? changedPart(target, reading, room);
}

function changedPart(target: Target, { parts }: Reading, room: BuildRoom): string | undefined {
  try {
    const now = readTarget(target, room.reading).parts;
    const names = [...Object.keys(parts), ...Object.keys(now)];
    const changed = names.find((name) => parts[name] !== now[name]);
    return changed === undefined ? undefined : pathOfPart(changed);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.message;
    throw error;
  }
}

const isSame = (a: Signature | undefined, b: Signature | undefined): boolean =>
  a !== undefined && b !== undefined && sameSignature(a, b);
