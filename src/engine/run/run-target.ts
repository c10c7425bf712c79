/** Makes one stale target: act, look at the inputs again, record. When to do so is decided elsewhere. */
import path from "node:path";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { TargetState } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { describeStaleReason, type StaleReason } from "../../model/trace.ts";
import type { Traffic } from "../../model/traffic.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import { LastLines } from "../../rules/lines.ts";
import type { ActOutcome, RunningServiceView } from "../../rules/rule.ts";
import type { BuildRoom } from "../build-room.ts";
import { findLoss, isGone, type Loss, type Watched } from "../fresh/lost-artifacts.ts";
import type { Reading } from "../fresh/read-target.ts";
import { serviceDigest } from "../fresh/service-digest.ts";
import { traceKey } from "../fresh/trace-key.ts";
import { timedOutProblem } from "../problems.ts";
import type { Attempt, TimeLimit } from "../schedule/attempts.ts";
import { deadline } from "../schedule/deadline.ts";
import { whyNotShared } from "../share/shareable.ts";
import { systemProblem } from "../system-problem.ts";
import { makeActContext } from "./act-context.ts";
import { type RunToRecord, recordRun } from "./record-run.ts";
import { hostNameOf } from "./services.ts";
import type { TargetLog } from "./target-log.ts";
import { TemporaryFolders } from "./temporary-folders.ts";

export interface RunResult {
  readonly state:
    | (TargetState & { readonly kind: "done" | "failed" | "unavailable" | "cancelled" })
    | Loss;
  readonly note?: string;
  readonly traffic?: Traffic;
  /** Path of the log, relative to the workspace. */
  readonly log: string;
  readonly seconds: number;
}

type Outcome = ActOutcome | Loss | { readonly kind: "cancelled" };

/** What is made, why, and under which conditions. */
export interface Run {
  readonly target: Target;
  readonly reading: Reading;
  readonly reason: StaleReason;
  readonly attempt: Attempt;
  /** What it reads of others, as it was before. */
  readonly reads: readonly Watched[];
}

/** Runs the rule of a target, once. Never throws for what a user or the surroundings can cause. */
export async function runTarget(run: Run, room: BuildRoom): Promise<RunResult> {
  const startedAt = performance.now();
  const { target, reading } = run;
  const log = openLog(run, room);
  const signatures = reading.inputs.map((input) => room.digests.signature(input.path));
  const temporary = new TemporaryFolders(room.state.temporary);
  let outcome: Outcome;
  try {
    outcome = await act(run, room, { log, temporary });
  } catch (error) {
    outcome = await caught(error, run, room);
  } finally {
    temporary.remove();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const end = room.signal.aborted ? outcome : ((await findLoss(run.reads, room)) ?? outcome);
  const state = settle(target, reading, end, { room, signatures, seconds });
  if (state.kind === "failed") log.line(`# failed: ${state.problem.message}`);
  if (state.kind === "lost") log.line("# what it reads was lost meanwhile");
  log.close();
  const logPath = path.relative(room.project.root, log.path);
  return { state, log: logPath, seconds, ...told(outcome) };
}

function told(outcome: Outcome): Pick<RunResult, "note" | "traffic"> {
  if (outcome.kind === "found") return { note: outcome.note };
  if (outcome.kind !== "made") return {};
  const { note, traffic } = outcome;
  return { ...(note !== undefined && { note }), ...(traffic && { traffic }) };
}

/** One log holds all attempts, each under a line of its own. */
function openLog({ target, reading, reason, attempt }: Run, room: BuildRoom): TargetLog {
  const log = room.logs.open(target.name, attempt.before === 0);
  const which = attempt.of > 1 ? `, attempt ${attempt.number} of ${attempt.of}` : "";
  log.line(`# ${target.name}: ${describeStaleReason(reason)}${which}`);
  const why = room.cache && whyNotShared(target, reading, room.project.root);
  if (why !== undefined) log.line(`# not in the shared cache: ${target.name} ${why}`);
  return log;
}

interface Tools {
  readonly log: TargetLog;
  readonly temporary: TemporaryFolders;
}

async function act(
  { target, reading, attempt }: Run,
  room: BuildRoom,
  tools: Tools,
): Promise<ActOutcome> {
  const rule = target.rule;
  if (!rule) throw new Error(`group ${target.name} has nothing to run`);
  // Before its time begins: a service is started for all its users, and has a time of its own.
  const services = await acquireServices(target, room);
  const { limit } = attempt;
  const end = deadline(room.signal, limit?.seconds, room.timers);
  const last = new LastLines();
  const { signal } = end;
  const context = makeActContext(target, reading, room, { ...tools, services, signal, last });
  let readNothing = false;
  try {
    const outcome = await ruleKindOf(rule.kind).act(rule.fields as never, context);
    readNothing = outcome.kind === "made" && outcome.readNothing === true;
    return end.isOver && limit && outcome.kind !== "made" ? timedOut(target, limit, last) : outcome;
  } catch (error) {
    if (end.isOver && limit) return timedOut(target, limit, last);
    throw error;
  } finally {
    end.end();
    // What it did not read, nobody need look at again.
    if (!readNothing) room.images.age();
  }
}

/** A server that does not answer in time is one that cannot be reached. */
function timedOut(target: Target, limit: TimeLimit, last: LastLines): ActOutcome {
  const problem = timedOutProblem(target, limit, last.lines);
  const asksServer = target.rule !== undefined && ruleKindOf(target.rule.kind).asksServer;
  if (!asksServer) return { kind: "failed", problem };
  return { kind: "unavailable", why: problem.message, problem };
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
  outcome: Outcome,
  run: RunToRecord,
): RunResult["state"] {
  switch (outcome.kind) {
    case "made":
      recordRun(target, reading, outcome.artifacts, { ...run, commit: outcome.commit });
      return { kind: "done", how: "built", artifacts: outcome.artifacts };
    case "found":
      return { kind: "done", how: "fresh", artifacts: outcome.artifacts };
    case "failed":
      return { kind: "failed", problem: outcome.problem };
    case "unavailable":
      return { kind: "unavailable", why: outcome.why, problem: outcome.problem };
    case "cancelled":
      return { kind: "cancelled" };
    case "lost":
      // Whatever it made may be of something else than what its trace tells.
      run.room.traces.drop(traceKey(run.room.project, target));
      return outcome;
  }
}

async function caught(error: unknown, { reads }: Run, room: BuildRoom): Promise<Outcome> {
  if (room.signal.aborted) return { kind: "cancelled" };
  if (error instanceof DiagnosticError) return { kind: "failed", problem: error.diagnostic };
  const problem = systemProblem(error);
  if (problem) return { kind: "failed", problem };
  // A rule that takes for granted what was there when it was checked.
  const loss = isGone(error) ? await findLoss(reads, room) : undefined;
  if (loss) return loss;
  throw error;
}
