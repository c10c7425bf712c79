/**
 * Follows the response of the engine's `POST /build`: tells a sink of steps and output, and returns
 * how the build ended. Wording of failures is left to `build-failure.ts`.
 *
 * The response is one JSON object per line: `{"id":"moby.buildkit.trace","aux":"<base64>"}` from
 * BuildKit, `{"id":"moby.image.id","aux":{"ID":…}}`, and the classic `{"stream":…}`, `{"status":…}`,
 * `{"error":…,"errorDetail":{"message":…}}`.
 */
import type { Digest } from "../model/artifact.ts";
import { type BuildStatus, decodeStatus, type Vertex } from "./build-status.ts";
import type { ProgressSink } from "./docker.ts";
import { decodeJsonLines, type LineSplitter, lineSplitter } from "./json-lines.ts";

/** How many of a step's last lines are kept for the message of a failure. */
const keptLines = 20;

/** The step that a failed build failed in. */
export interface FailedStep {
  readonly name: string;
  /** BuildKit's words about this step, such as `process "…" did not complete successfully: exit code: 2`. */
  readonly error: string;
  /** Its last lines of output, at most 20. */
  readonly tail: readonly string[];
}

/** All the fields are absent when the engine ended the response early. */
export interface BuildOutcome {
  readonly imageId?: Digest;
  /** The engine's words on the whole build, when it failed. */
  readonly error?: string;
  readonly failed?: FailedStep;
}

/**
 * Reads a build response to its end.
 * @param response body of `POST /build`, in chunks cut anywhere
 * @throws what `response` throws; never because of what it contains
 */
export async function followBuild(
  response: AsyncIterable<Buffer>,
  sink: ProgressSink,
): Promise<BuildOutcome> {
  const progress = new BuildProgress(sink);
  try {
    for await (const value of decodeJsonLines(response)) progress.message(value);
  } finally {
    progress.flush();
  }
  return progress.outcome();
}

interface Message {
  readonly id?: string;
  readonly aux?: string | { readonly ID?: string };
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

interface Step {
  readonly id: string;
  name: string;
  /** The last state that the sink was told of. */
  told?: "started" | "done" | "cached" | "failed";
  error: string;
  /** Standard output and standard error, apart: a line or a character may be cut in either. */
  readonly outputs: Map<number, LineSplitter>;
  readonly tail: string[];
}

class BuildProgress {
  readonly #sink: ProgressSink;
  readonly #steps = new Map<string, Step>();
  /** Output that belongs to no step: the classic builder's, and that of an engine's plug-ins. */
  readonly #stream = lineSplitter();
  #imageId: Digest | undefined;
  #error: string | undefined;

  constructor(sink: ProgressSink) {
    this.#sink = sink;
  }

  message(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    const message: Message = value;
    const error = message.errorDetail?.message ?? message.error;
    if (typeof error === "string" && error !== "") this.#error = error;
    if (typeof message.aux === "string") this.#trace(message.aux);
    else if (message.aux?.ID !== undefined) this.#imageId = message.aux.ID as Digest;
    if (typeof message.stream === "string") this.#say(this.#stream, Buffer.from(message.stream));
    if (typeof message.status === "string") this.#classicStatus(message, message.status);
  }

  /** Gives out the lines that were not ended. */
  flush(): void {
    for (const step of this.#steps.values()) this.#endOutput(step);
    for (const line of this.#stream.end()) this.#sink.output(line);
  }

  outcome(): BuildOutcome {
    const failed = this.#error === undefined ? undefined : this.#failedStep(this.#error);
    return {
      ...(this.#imageId === undefined ? {} : { imageId: this.#imageId }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(failed === undefined
        ? {}
        : { failed: { name: failed.name, error: failed.error, tail: failed.tail } }),
    };
  }

  /** Steps that ran beside the one that failed end with an error too: `context canceled`. */
  #failedStep(error: string): Step | undefined {
    const failed = [...this.#steps.values()].filter((step) => step.error !== "");
    return (
      failed.find((step) => error.includes(step.error)) ??
      failed.find((step) => !step.error.includes("context canceled"))
    );
  }

  #trace(base64: string): void {
    let status: BuildStatus;
    try {
      status = decodeStatus(Buffer.from(base64, "base64"));
    } catch {
      return; // Progress only: the end of the build is told by other messages.
    }
    for (const vertex of status.vertexes) this.#started(vertex);
    for (const { id, current, total } of status.statuses) {
      // Others are no transfers but parts of a step, such as `naming to …`.
      if (current > 0 || total > 0)
        this.#sink.transfer?.(id, current, ...(total > 0 ? [total] : []));
    }
    for (const log of status.logs) {
      const step = this.#step(log.vertex);
      const output = step.outputs.get(log.stream) ?? lineSplitter();
      step.outputs.set(log.stream, output);
      this.#say(output, log.message, step);
    }
    for (const warning of status.warnings) {
      this.#sink.output(`warning: ${warning.message}`, warning.vertex);
    }
    // Last, since one message may carry both a step's end and its last output.
    for (const vertex of status.vertexes) this.#ended(vertex);
  }

  #step(id: string): Step {
    let step = this.#steps.get(id);
    if (step === undefined) {
      step = { id, name: id, error: "", outputs: new Map(), tail: [] };
      this.#steps.set(id, step);
    }
    return step;
  }

  #started(vertex: Vertex): void {
    const step = this.#step(vertex.digest);
    if (vertex.name !== "") step.name = vertex.name;
    if (vertex.started === undefined || vertex.cached || step.told === "started") return;
    // The same step again, complete as before: BuildKit repeats itself.
    if (step.told !== undefined && vertex.completed !== undefined) return;
    step.told = "started";
    this.#sink.step({ id: step.id, name: step.name, state: "started" });
  }

  #ended(vertex: Vertex): void {
    const step = this.#step(vertex.digest);
    if (vertex.completed === undefined) return;
    const state = vertex.error !== "" ? "failed" : vertex.cached ? "cached" : "done";
    // BuildKit repeats itself, and calls a step cached when another one asks for it after it ran.
    if (step.told === state || (step.told === "done" && state === "cached")) return;
    this.#endOutput(step);
    step.told = state;
    step.error = vertex.error;
    const seconds = Math.max(0, vertex.completed - (vertex.started ?? vertex.completed));
    const error = vertex.error === "" ? {} : { error: vertex.error };
    this.#sink.step({ id: step.id, name: step.name, state, seconds, ...error });
  }

  #say(output: LineSplitter, chunk: Buffer, step?: Step): void {
    for (const line of output.write(chunk)) this.#line(line, step);
  }

  #endOutput(step: Step): void {
    for (const output of step.outputs.values()) {
      for (const line of output.end()) this.#line(line, step);
    }
  }

  #line(raw: string, step?: Step): void {
    const line = asShown(raw);
    if (step !== undefined) {
      step.tail.push(line);
      if (step.tail.length > keptLines) step.tail.shift();
    }
    this.#sink.output(line, step?.id);
  }

  #classicStatus(message: Message, status: string): void {
    const { current, total } = message.progressDetail ?? {};
    if (message.id !== undefined && current !== undefined) {
      this.#sink.transfer?.(message.id, current, ...(total === undefined ? [] : [total]));
    } else {
      this.#sink.output(message.id === undefined ? status : `${message.id}: ${status}`);
    }
  }
}

/** What a terminal shows of a line that was rewritten with carriage returns: its last text. */
function asShown(line: string): string {
  if (!line.includes("\r")) return line;
  return line.split("\r").findLast((part) => part !== "") ?? "";
}
