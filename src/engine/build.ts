/** The one door of the engine: brings wanted targets up to date. Used by the command line and the server. */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import { saveDigests } from "../store/digest-store.ts";
import { endLeftovers } from "../store/leftovers.ts";
import { type Lock, takeLock } from "../store/lock.ts";
import { StateFolder } from "../store/state-folder.ts";
import type { BuildParts, BuildRequest } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { demandWanted } from "./demand-wanted.ts";
import { dryRun } from "./dry-run.ts";
import { openRoom } from "./open-room.ts";
import { damagedTracesProblem } from "./problems.ts";
import { Scheduler } from "./scheduler.ts";
import { stateProblem } from "./state-problem.ts";
import { systemProblem } from "./system-problem.ts";
import { TargetWorkers } from "./workers.ts";

export interface BuildResult {
  readonly built: number;
  readonly fresh: number;
  readonly failed: number;
  readonly skipped: number;
  /** Root causes: problems of the target file, or of each target that failed. */
  readonly problems: readonly Diagnostic[];
  readonly interrupted: boolean;
}

/**
 * Builds, and tells the reporter all about it; the last event is `finished`.
 * @throws only for bugs
 */
export async function build(request: BuildRequest, parts: BuildParts): Promise<BuildResult> {
  const startedAt = performance.now();
  const seconds = (): number => Math.round(performance.now() - startedAt) / 1000;
  const result = await buildSafely(request, parts);
  for (const problem of result.early) parts.reporter.report({ kind: "problem", problem });
  if (result.interrupted) parts.reporter.report({ kind: "interrupted" });
  const { built, fresh, failed, skipped } = result;
  const counts = { built, fresh, failed, skipped };
  parts.reporter.report({ kind: "finished", ...counts, seconds: seconds() });
  return {
    ...counts,
    problems: [...result.early, ...result.problems],
    interrupted: result.interrupted,
  };
}

interface Outcome extends BuildResult {
  /** Problems that no target is to blame for, not reported yet. */
  readonly early: readonly Diagnostic[];
}

const nothing = { built: 0, fresh: 0, failed: 0, skipped: 0, problems: [], interrupted: false };

async function buildSafely(request: BuildRequest, parts: BuildParts): Promise<Outcome> {
  const state = new StateFolder(request.project.root);
  let lock: Lock | undefined;
  try {
    if (!request.dryRun) {
      state.create();
      lock = await lockWorkspace(request, parts, state);
      if (lock.takenOver) await endLeftovers(state.workspaceId());
      state.sweep();
    }
    return await buildLocked(request, parts, state);
  } catch (error) {
    if (request.signal.aborted) return { ...nothing, early: [], interrupted: true };
    if (error instanceof DiagnosticError) return { ...nothing, early: [error.diagnostic] };
    const problem = stateProblem(error, state);
    if (problem) return { ...nothing, early: [problem] };
    throw error;
  } finally {
    lock?.release();
  }
}

function lockWorkspace(
  { command, signal }: BuildRequest,
  { reporter }: BuildParts,
  state: StateFolder,
): Promise<Lock> {
  const onWait = ({ pid, command }: { pid: number; command: string }): void =>
    reporter.report({ kind: "waiting", pid, command });
  return takeLock(state.lock, command, onWait, signal);
}

async function buildLocked(
  request: BuildRequest,
  parts: BuildParts,
  state: StateFolder,
): Promise<Outcome> {
  const opened = openRoom(request, parts, state);
  if (!opened.ok) return { ...nothing, early: opened.problems };
  const room = opened.value;
  try {
    if (room.traces.damaged > 0) {
      const problem = damagedTracesProblem(room.traces.damaged);
      parts.reporter.report({ kind: "warning", problem });
    }
    return request.dryRun ? await dryRunOf(request, room) : await runPlan(request, room);
  } finally {
    if (!request.dryRun) keepForNextRun(room);
  }
}

async function runPlan(request: BuildRequest, room: BuildRoom): Promise<Outcome> {
  const workers = new TargetWorkers(room);
  const early = demandWanted(request.wanted, room);
  if (early.length > 0) return { ...nothing, early };
  begin(request, room, workers);
  const scheduler = new Scheduler(room.plan, workers, {
    ...request,
    timers: room.timers,
    ...(request.project.pools && { pools: request.project.pools }),
  });
  try {
    await scheduler.run();
  } finally {
    await room.services.close();
  }
  return { ...workers.counts, early: [], interrupted: request.signal.aborted };
}

async function dryRunOf(request: BuildRequest, room: BuildRoom): Promise<Outcome> {
  const early = demandWanted(request.wanted, room);
  if (early.length > 0) return { ...nothing, early };
  begin(request, room, new TargetWorkers(room));
  const { problems, fresh } = await dryRun(room);
  return { ...nothing, fresh, early: problems };
}

function begin(request: BuildRequest, room: BuildRoom, workers: TargetWorkers): void {
  const { wanted, jobs } = request;
  const { total } = workers;
  room.reporter.report({ kind: "started", project: room.project.name, wanted, total, jobs });
  workers.announceChoices();
}

/** A disk that is full costs the next run time and nothing else: what was there before still stands. */
function keepForNextRun({ state, traces, digests }: BuildRoom): void {
  try {
    traces.close();
    if (digests.toKeep) saveDigests(state.digests, digests.toKeep);
  } catch (error) {
    if (!systemProblem(error)) throw error;
  }
}
