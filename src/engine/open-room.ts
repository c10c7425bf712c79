/** Opens the room of one build: reads the state, checks the graph, plans nothing yet. Writes nothing. */
import { FileDigests } from "../files/digests.ts";
import { WorkspaceFiles } from "../files/workspace-files.ts";
import { ok, type Result } from "../model/result.ts";
import type { Target, TargetName } from "../model/target.ts";
import { loadDigests } from "../store/digest-store.ts";
import type { StateFolder } from "../store/state-folder.ts";
import { TraceStore } from "../store/trace-store.ts";
import { alternativesOf, firstChoice } from "./alternatives.ts";
import type { BuildParts, BuildRequest } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { EngineImages } from "./engine-images.ts";
import { buildGraph, type Graph } from "./graph.ts";
import { Plan } from "./plan.ts";
import { serviceDigest } from "./service-digest.ts";
import { Services } from "./services.ts";
import { systemTimers } from "./timers.ts";
import { traceKey } from "./trace-key.ts";

/** @returns the room, or the problems of the graph */
export function openRoom(
  request: BuildRequest,
  parts: BuildParts,
  state: StateFolder,
): Result<BuildRoom> {
  const digests = new FileDigests(loadDigests(state.digests));
  const files = new WorkspaceFiles(request.project.root, digests);
  const graph = buildGraph(request.project, files);
  if (!graph.ok) return graph;
  const traces = new TraceStore(state.traces);
  return ok(makeRoom(request, parts, { state, digests, files, traces, graph: graph.value }));
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
    timers: parts.timers ?? systemTimers,
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
