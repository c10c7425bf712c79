/**
 * Decodes BuildKit's `moby.buildkit.v1.StatusResponse`, the payload of `moby.buildkit.trace`.
 * What a change of a step means for the user is left to `build-progress.ts`.
 *
 * Field numbers: `api/services/control/control.proto` of github.com/moby/buildkit.
 */
import { readFields, text } from "./protobuf.ts";

/** A step. BuildKit sends it again on each change. Times are seconds since the epoch. */
export interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  readonly started?: number;
  readonly completed?: number;
  /** Empty when it did not fail. */
  readonly error: string;
}

/** Progress of one transfer inside a step, usually in bytes; `total` is 0 while unknown. */
interface VertexStatus {
  readonly id: string;
  readonly vertex: string;
  readonly current: number;
  readonly total: number;
}

/** A chunk of output, cut anywhere, also inside a character. `stream` is 1 or 2 as for a process. */
interface VertexLog {
  readonly vertex: string;
  readonly stream: number;
  readonly message: Buffer;
}

interface VertexWarning {
  readonly vertex: string;
  readonly message: string;
}

export interface BuildStatus {
  readonly vertexes: readonly Vertex[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly VertexWarning[];
}

/** @throws Error when the bytes are no protobuf message */
export function decodeStatus(message: Buffer): BuildStatus {
  const vertexes: Vertex[] = [];
  const statuses: VertexStatus[] = [];
  const logs: VertexLog[] = [];
  const warnings: VertexWarning[] = [];
  readFields(message, (field, value) => {
    if (typeof value === "number") return;
    if (field === 1) vertexes.push(decodeVertex(value));
    else if (field === 2) statuses.push(decodeTransfer(value));
    else if (field === 3) logs.push(decodeLog(value));
    else if (field === 4) warnings.push(decodeWarning(value));
  });
  return { vertexes, statuses, logs, warnings };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function decodeVertex(message: Buffer): Vertex {
  const vertex: Mutable<Vertex> = { digest: "", name: "", cached: false, error: "" };
  readFields(message, (field, value) => {
    if (field === 1) vertex.digest = text(value);
    else if (field === 3) vertex.name = text(value);
    else if (field === 4) vertex.cached = value === 1;
    else if (field === 5) vertex.started = decodeTime(value);
    else if (field === 6) vertex.completed = decodeTime(value);
    else if (field === 7) vertex.error = text(value);
  });
  return vertex;
}

function decodeTransfer(message: Buffer): VertexStatus {
  const status: Mutable<VertexStatus> = { id: "", vertex: "", current: 0, total: 0 };
  readFields(message, (field, value) => {
    if (field === 1) status.id = text(value);
    else if (field === 2) status.vertex = text(value);
    else if (field === 4) status.current = Number(value);
    else if (field === 5) status.total = Number(value);
  });
  return status;
}

function decodeLog(message: Buffer): VertexLog {
  const log: Mutable<VertexLog> = { vertex: "", stream: 1, message: Buffer.alloc(0) };
  readFields(message, (field, value) => {
    if (field === 1) log.vertex = text(value);
    else if (field === 3) log.stream = Number(value);
    else if (field === 4 && typeof value !== "number") log.message = value;
  });
  return log;
}

function decodeWarning(message: Buffer): VertexWarning {
  const warning: Mutable<VertexWarning> = { vertex: "", message: "" };
  readFields(message, (field, value) => {
    if (field === 1) warning.vertex = text(value);
    else if (field === 3) warning.message = text(value);
  });
  return warning;
}

/** `google.protobuf.Timestamp`: seconds and nanoseconds. */
function decodeTime(value: number | Buffer): number {
  let seconds = 0;
  if (typeof value === "number") return seconds;
  readFields(value, (field, part) => {
    seconds += field === 1 ? Number(part) : Number(part) / 1e9;
  });
  return seconds;
}
