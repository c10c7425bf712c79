/** The one door of the engine: brings wanted targets up to date. Used by the command line and the server. */
import type { Docker } from "../docker/docker.ts";
import { FileDigests } from "../files/digests.ts";
import { WorkspaceFiles } from "../files/workspace-files.ts";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Reporter } from "../model/event.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import { loadDigests, saveDigests } from "../store/digest-store.ts";
import { type Lock, takeLock } from "../store/lock.ts";
import { StateFolder } from "../store/state-folder.ts";
import { TraceStore } from "../store/trace-store.ts";
import { alternativesOf, firstChoice } from "./alternatives.ts";
import type { BuildRoom } from "./build-room.ts";
import { dryRun } from "./dry-run.ts";
import { EngineImages } from "./engine-images.ts";
import { buildGraph, type Graph } from "./graph.ts";
import { Plan } from "./plan.ts";
import { planProblems } from "./plan-problems.ts";
import { damagedTracesProblem } from "./problems.ts";
import { Scheduler } from "./scheduler.ts";
import { serviceDigest } from "./service-digest.ts";
import { Services } from "./services.ts";
import { traceKey } from "./trace-key.ts";
import { TargetWorkers } from "./workers.ts";

export interface BuildRequest {
  readonly project: Project;
  readonly wanted: readonly TargetName[];
  /** How many targets may run at once. */
  readonly jobs: number;
  /** After a failure, go on with what does not depend on it. */
  readonly keepGoing: boolean;
  /** Make the wanted targets again even if they are fresh; groups and alternatives are followed. */
  readonly force: boolean;
  /** Whether an alternative may be passed over. */
  readonly fallback: boolean;
  /** Tell what would run, and why; write nothing. */
  readonly dryRun: boolean;
  /** What the user typed, shown to another build that has to wait. */
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface BuildParts {
  readonly reporter: Reporter;
  /** Connects to the engine, once; not called by a build that needs none. */
  readonly docker: () => Promise<Docker>;
  /** Hides the values of secrets in a text. */
  readonly redact: (text: string) => string;
}

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
  const digests = new FileDigests(loadDigests(state.digests));
  const files = new WorkspaceFiles(request.project.root, digests);
  const traces = new TraceStore(state.traces);
  try {
    const graph = buildGraph(request.project, files);
    if (!graph.ok) return { ...nothing, early: graph.problems };
    const room = makeRoom(request, parts, { state, digests, files, traces, graph: graph.value });
    if (traces.damaged > 0) {
      const problem = damagedTracesProblem(traces.damaged);
      parts.reporter.report({ kind: "warning", problem });
    }
    return request.dryRun ? await dryRunOf(request, room) : await runPlan(request, room);
  } finally {
    if (!request.dryRun) {
      traces.close();
      if (digests.toKeep) saveDigests(state.digests, digests.toKeep);
    }
  }
}

interface Kept {
  readonly state: StateFolder;
  readonly digests: FileDigests;
  readonly files: WorkspaceFiles;
  readonly traces: TraceStore;
  readonly graph: Graph;
}

function makeRoom(request: BuildRequest, parts: BuildParts, kept: Kept): BuildRoom {
  const { project, environment, signal } = request;
  const { state, digests, files, traces, graph } = kept;
  const forced = forcedTargets(request);
  const traceOf = (target: Target) => traces.get(traceKey(project, target));
  const plan = new Plan(graph, (target) =>
    firstChoice(project, target, forced.has(target.name) ? undefined : traceOf(target)),
  );
  const artifactsOf = (name: TargetName) => plan.artifactsOf(name);
  const services = new Services({
    project,
    workspaceId: () => state.workspaceId(),
    docker: parts.docker,
    reporter: parts.reporter,
    artifactsOf,
  });
  return {
    project,
    plan,
    files,
    digests,
    state,
    traces,
    traceOf,
    images: new EngineImages(),
    services,
    forced,
    fallback: request.fallback,
    reading: {
      files,
      environment,
      edgesOf: (name) => plan.edgesOf(name),
      artifactsOf,
      serviceDigest: (target, service) => serviceDigest(target, service, { project, files, plan }),
    },
    reporter: parts.reporter,
    docker: parts.docker,
    environment,
    redact: parts.redact,
    signal,
  };
}

/** The wanted targets, and what stands behind them when they are groups or have alternatives. */
function forcedTargets({ force, wanted, project }: BuildRequest): ReadonlySet<TargetName> {
  const forced = new Set<TargetName>();
  const visit = (name: TargetName): void => {
    if (forced.has(name)) return;
    forced.add(name);
    const target = project.targets.get(name);
    if (!target) return;
    if (!target.rule) target.needs.forEach(visit);
    else alternativesOf(target).forEach(visit);
  };
  if (force) wanted.forEach(visit);
  return forced;
}

async function runPlan(request: BuildRequest, room: BuildRoom): Promise<Outcome> {
  const workers = new TargetWorkers(room);
  const early = demandWanted(request, room);
  if (early.length > 0) return { ...nothing, early };
  begin(request, room, workers);
  const scheduler = new Scheduler(room.plan, workers, request);
  try {
    await scheduler.run();
  } finally {
    await room.services.close();
  }
  return { ...workers.counts, early: [], interrupted: request.signal.aborted };
}

async function dryRunOf(request: BuildRequest, room: BuildRoom): Promise<Outcome> {
  const early = demandWanted(request, room);
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

/** Plans the wanted targets. @returns what keeps them from being run */
function demandWanted(request: BuildRequest, room: BuildRoom): readonly Diagnostic[] {
  const targets = room.plan.demand(request.wanted);
  room.plan.prioritise((target) => room.traceOf(target)?.seconds ?? 1);
  return targets.flatMap((target) => planProblems(target, room));
}

/** The state folder cannot be written: said once, with the path. */
function stateProblem(error: unknown, state: StateFolder): Diagnostic | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!["ENOSPC", "EROFS", "EACCES", "EPERM", "EDQUOT"].includes(code ?? "")) return undefined;
  return {
    code: "state-unwritable",
    blame: "surroundings",
    message: `cannot write \`${state.path}\`: ${message}`,
    hint: "free the disk, or make the workspace writable",
  };
}
