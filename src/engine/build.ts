/** The one door of the engine: brings wanted targets up to date. Used by the command line and the server. */
import { setMaxListeners } from "node:events";
import path from "node:path";
import type { Digest } from "../model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Event, Reporter } from "../model/event.ts";
import { addFound } from "../pins/write-lock.ts";
import { endLeftovers } from "../store/leftovers.ts";
import { type Lock, takeLock } from "../store/lock.ts";
import { StateFolder } from "../store/state-folder.ts";
import type { BuildParts, BuildRequest } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { keepPlan } from "./compiled/compile-plan.ts";
import { evictFiles, evictTraces } from "./evict.ts";
import { dryRun } from "./fresh/dry-run.ts";
import { openRoom } from "./open-room.ts";
import { demandWanted } from "./plan/demand-wanted.ts";
import type { Plan } from "./plan/plan.ts";
import { damagedTracesProblem } from "./problems.ts";
import { PushedDigests } from "./pushed-digests.ts";
import { Recorder } from "./recorder.ts";
import { TargetWork } from "./run/target-work.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import { stateProblem } from "./state-problem.ts";
import { systemProblem } from "./system-problem.ts";
import { unfinishedPushes } from "./unfinished-pushes.ts";

export interface BuildResult {
  readonly built: number;
  /** Taken from the shared cache. */
  readonly restored: number;
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
  // Every target that runs listens to it: Node takes more than ten listeners for a leak, and says so.
  setMaxListeners(0, request.signal);
  const startedAt = performance.now();
  const seconds = (): number => Math.round(performance.now() - startedAt) / 1000;
  const recorder = new Recorder(request, parts);
  const digests = new PushedDigests(request.digests);
  const reporter = digests.heardBy(recorder.reporter);
  try {
    const made = await buildSafely(request, { ...parts, reporter }, { recorder, digests });
    const result = withDigests(made, digests);
    const path = await criticalPathOf(result, request, recorder);
    return tell(result, { seconds: seconds(), ...path }, recorder.reporter);
  } finally {
    recorder.close();
  }
}

type Told = Pick<Event & { readonly kind: "finished" }, "seconds" | "criticalPath">;

function tell(result: Outcome, told: Told, reporter: Reporter): BuildResult {
  for (const problem of result.early) reporter.report({ kind: "problem", problem });
  if (result.interrupted) reporter.report({ kind: "interrupted" });
  const { built, restored, fresh, failed, skipped } = result;
  const counts = { built, fresh, failed, skipped };
  const some = restored > 0 ? { restored } : {};
  reporter.report({ kind: "finished", ...counts, ...some, ...told });
  return {
    ...counts,
    restored,
    problems: [...result.early, ...result.problems],
    interrupted: result.interrupted,
  };
}

/** Digests of a part of what was to be pushed would be taken for all. */
function withDigests(result: Outcome, digests: PushedDigests): Outcome {
  const isWhole = result.early.length === 0 && result.problems.length === 0 && !result.interrupted;
  return isWhole ? { ...result, early: digests.write() } : result;
}

interface Outcome extends BuildResult {
  /** Problems that no target is to blame for, not reported yet. */
  readonly early: readonly Diagnostic[];
  /** Once targets could run. */
  readonly plan?: Plan;
}

/** What a failure or Ctrl-C cut short says nothing of how long it would have taken. */
async function criticalPathOf(
  { plan, failed, interrupted }: Outcome,
  { jobs }: BuildRequest,
  recorder: Recorder,
): Promise<Pick<Told, "criticalPath">> {
  if (!plan || failed > 0 || interrupted || recorder.ran.size < 2) return {};
  const { criticalPath } = await import("./schedule/critical-path.ts");
  return { criticalPath: criticalPath(plan, recorder, jobs) };
}

const nothing = {
  built: 0,
  restored: 0,
  fresh: 0,
  failed: 0,
  skipped: 0,
  problems: [],
  interrupted: false,
};

async function buildSafely(
  request: BuildRequest,
  parts: BuildParts,
  { recorder, digests }: { readonly recorder: Recorder; readonly digests: PushedDigests },
): Promise<Outcome> {
  const state = new StateFolder(request.project.root);
  let lock: Lock | undefined;
  try {
    if (!request.dryRun) {
      state.create();
      lock = await lockWorkspace(request, parts, state);
      if (lock.takenOver) await endLeftovers(state.workspaceId());
      state.sweep();
      recorder.open(state.runs, request.limits.runs);
    }
    const outcome = await buildLocked(request, parts, state, digests);
    // At the end: a push of this build may have completed them.
    for (const problem of unfinishedPushes(request.project.root, !request.dryRun)) {
      parts.reporter.report({ kind: "warning", problem });
    }
    return outcome;
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
  digests: PushedDigests,
): Promise<Outcome> {
  const opened = openRoom(request, parts, state);
  if (!opened.ok) return { ...nothing, early: opened.problems };
  const room = opened.value;
  if (room.traces.damaged > 0) {
    const problem = damagedTracesProblem(room.traces.damaged);
    parts.reporter.report({ kind: "warning", problem });
  }
  if (request.dryRun) return dryRunOf(request, room);
  let outcome: Outcome | undefined;
  try {
    outcome = await runPlan(request, room, digests);
    return outcome;
  } finally {
    const { plan } = request;
    const cameToItsEnd = outcome?.early.length === 0 && !outcome.interrupted;
    const lock = keepPins(room);
    onlyForSpeed(() => evictTraces(request, room));
    onlyForSpeed(() => keepForNextRun(room));
    if (plan && cameToItsEnd) onlyForSpeed(() => keepPlan(request, plan, room, lock));
    onlyForSpeed(() => evictFiles(request, room));
  }
}

/** @returns the digest of the lock file that the build relied on, with what it added */
function keepPins({ pins, reporter }: BuildRoom): Digest | undefined {
  const kept = addFound(pins);
  if (!kept.ok) {
    for (const problem of kept.problems) reporter.report({ kind: "warning", problem });
    return pins.lock.digest;
  }
  const { added, digest } = kept.value;
  const file = path.basename(pins.lock.path);
  if (added.length > 0) reporter.report({ kind: "locked", file, added });
  return digest;
}

async function runPlan(
  request: BuildRequest,
  room: BuildRoom,
  digests: PushedDigests,
): Promise<Outcome> {
  const work = new TargetWork(room);
  const missing = demandWanted(request.wanted, room);
  const early = missing.length > 0 ? missing : digests.problems(room.plan.targets());
  if (early.length > 0) return { ...nothing, early };
  begin(request, room, work);
  const scheduler = new Scheduler(room.plan, work, {
    ...request,
    timers: room.timers,
    ...(request.project.pools && { pools: request.project.pools }),
  });
  try {
    await scheduler.run();
  } finally {
    await Promise.all([room.services.close(), room.commands.close(), room.cache?.close()]);
  }
  const { plan } = room;
  return { ...work.counts, early: [], interrupted: request.signal.aborted, plan };
}

async function dryRunOf(request: BuildRequest, room: BuildRoom): Promise<Outcome> {
  const early = demandWanted(request.wanted, room);
  if (early.length > 0) return { ...nothing, early };
  begin(request, room, new TargetWork(room));
  const { problems, fresh } = await dryRun(room);
  return { ...nothing, fresh, early: problems };
}

function begin(request: BuildRequest, room: BuildRoom, work: TargetWork): void {
  const { wanted, jobs } = request;
  const { total, settled } = work;
  const project = room.project.name;
  room.reporter.report({ kind: "started", project, wanted, total, fresh: settled, jobs });
  work.announceChoices();
}

function keepForNextRun({ traces, remembered }: BuildRoom): void {
  traces.close();
  remembered.save();
}

/** A disk that is full costs the next run time and nothing else: what was there before still stands. */
function onlyForSpeed(keep: () => void): void {
  try {
    keep();
  } catch (error) {
    if (!systemProblem(error)) throw error;
  }
}
