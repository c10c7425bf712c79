/** Makes one stale target: act, look at the inputs again, record. When to do so is decided elsewhere. */
import path from "node:path";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { TargetState } from "../model/state.ts";
import type { Target } from "../model/target.ts";
import { describeStaleReason, type StaleReason } from "../model/trace.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import type { ActOutcome, RunningServiceView } from "../rules/rule.ts";
import { makeActContext } from "./act-context.ts";
import type { BuildRoom } from "./build-room.ts";
import type { Reading } from "./read-target.ts";
import { type RunToRecord, recordRun } from "./record-run.ts";
import { serviceDigest } from "./service-digest.ts";
import { hostNameOf } from "./services.ts";
import { systemProblem } from "./system-problem.ts";
import type { TargetLog } from "./target-log.ts";
import { TemporaryFolders } from "./temporary-folders.ts";

export interface RunResult {
  readonly state: TargetState & { readonly kind: "done" | "failed" | "unavailable" | "cancelled" };
  readonly note?: string;
  /** Path of the log, relative to the workspace. */
  readonly log: string;
  readonly seconds: number;
}

/** Runs the rule of a target. Never throws for what a user or the surroundings can cause. */
export async function runTarget(
  target: Target,
  reading: Reading,
  reason: StaleReason,
  room: BuildRoom,
): Promise<RunResult> {
  const startedAt = performance.now();
  const log = room.logs.open(target.name);
  log.line(`# ${target.name}: ${describeStaleReason(reason)}`);
  const signatures = reading.inputs.map((input) => room.digests.signature(input.path));
  const temporary = new TemporaryFolders(room.state.temporary);
  let outcome: ActOutcome | { readonly kind: "cancelled" };
  try {
    outcome = await act(target, reading, room, { log, temporary });
  } catch (error) {
    outcome = caught(error, room.signal);
  } finally {
    temporary.remove();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const state = settle(target, reading, outcome, { room, signatures, seconds });
  if (state.kind === "failed") log.line(`# failed: ${state.problem.message}`);
  log.close();
  const note = outcome.kind === "made" ? outcome.note : undefined;
  const logPath = path.relative(room.project.root, log.path);
  return { state, log: logPath, seconds, ...(note !== undefined && { note }) };
}

interface Tools {
  readonly log: TargetLog;
  readonly temporary: TemporaryFolders;
}

async function act(
  target: Target,
  reading: Reading,
  room: BuildRoom,
  tools: Tools,
): Promise<ActOutcome> {
  const rule = target.rule;
  if (!rule) throw new Error(`group ${target.name} has nothing to run`);
  const services = await acquireServices(target, room);
  const context = makeActContext(target, reading, room, { ...tools, services });
  return ruleKindOf(rule.kind).act(rule.fields as never, context);
}

async function acquireServices(
  target: Target,
  room: BuildRoom,
): Promise<readonly RunningServiceView[]> {
  return Promise.all(
    target.with.map(async (use) => {
      const declared = room.project.targets.get(use.target) as Target;
      const up = await room.services.acquire(declared, room.signal);
      return {
        target: use.target,
        host: hostNameOf(use.target),
        hostPort: up.hostPort,
        url: `http://${up.host}:${up.hostPort}`,
        localHost: up.localHost,
        digest: serviceDigest(target, use.target, room),
      };
    }),
  );
}

/** Turns what the rule answered into the state of the target, and records a success. */
function settle(
  target: Target,
  reading: Reading,
  outcome: ActOutcome | { readonly kind: "cancelled" },
  run: RunToRecord,
): RunResult["state"] {
  switch (outcome.kind) {
    case "made":
      recordRun(target, reading, outcome.artifacts, run);
      return { kind: "done", ran: true, artifacts: outcome.artifacts };
    case "failed":
      return { kind: "failed", problem: outcome.problem };
    case "unavailable":
      return { kind: "unavailable", why: outcome.why, problem: outcome.problem };
    case "cancelled":
      return { kind: "cancelled" };
  }
}

function caught(error: unknown, signal: AbortSignal): ActOutcome | { readonly kind: "cancelled" } {
  if (signal.aborted) return { kind: "cancelled" };
  if (error instanceof DiagnosticError) return { kind: "failed", problem: error.diagnostic };
  const problem = systemProblem(error);
  if (problem) return { kind: "failed", problem };
  throw error;
}
