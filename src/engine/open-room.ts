/** Opens the room of one build: reads the state, checks the graph, plans nothing yet. Writes nothing. */
import { credentialLookup } from "../docker/credentials.ts";
import { FileDigests } from "../files/digests.ts";
import { Looks } from "../files/looks.ts";
import { WorkspaceFiles } from "../files/workspace-files.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { RegistryAccess } from "../model/registries.ts";
import { ok, type Result } from "../model/result.ts";
import type { Target, TargetName } from "../model/target.ts";
import { knownPins } from "../pins/pins.ts";
import { hostEnvironment, proxyVariables } from "../rules/caller-environment.ts";
import { Commands } from "../rules/commands/commands.ts";
import { readMade } from "../rules/read-made.ts";
import { BlobStore } from "../store/blob-store.ts";
import { BurstJournals } from "../store/burst-journals.ts";
import { Clones } from "../store/clones.ts";
import { DigestStore } from "../store/digest-store.ts";
import { Evictions } from "../store/evictions.ts";
import { KeptStore } from "../store/kept-store.ts";
import { workspaceVariable } from "../store/leftovers.ts";
import type { StateFolder } from "../store/state-folder.ts";
import { TraceStore } from "../store/trace-store.ts";
import type { BuildParts, BuildRequest } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { type CheckedPlan, hasSameTargets, isTracesOf } from "./compiled/check-plan.ts";
import { lazyGraph } from "./compiled/lazy-graph.ts";
import { SettledTargets, touchedBy } from "./compiled/settled.ts";
import { EngineImages } from "./fresh/engine-images.ts";
import type { ReadingRoom } from "./fresh/read-target.ts";
import { serviceDigest } from "./fresh/service-digest.ts";
import { traceKey } from "./fresh/trace-key.ts";
import { alternativesOf, firstChoice } from "./plan/alternatives.ts";
import { buildGraph, type Graph } from "./plan/graph.ts";
import { askedBy } from "./plan/mentions.ts";
import { Plan } from "./plan/plan.ts";
import { Confirmations } from "./run/confirmations.ts";
import { Services } from "./run/services.ts";
import { TargetLogs } from "./run/target-logs.ts";
import { systemTimers } from "./schedule/timers.ts";
import { type CacheRoom, SharedCache } from "./share/shared-cache.ts";

/** @returns the room, or the problems of the graph */
export function openRoom(
  request: BuildRequest,
  parts: BuildParts,
  state: StateFolder,
): Result<BuildRoom> {
  const looks = new Looks();
  const remembered = new DigestStore(state.digests, request.limits.digests);
  const digests = new FileDigests(remembered, looks);
  const files = new WorkspaceFiles(request.project.root, digests, { looks });
  const use = request.plan;
  const checked = use?.checked && isTracesOf(use.checked.plan, state) ? use.checked : undefined;
  const traces = new TraceStore(state.traces, { isSound: checked !== undefined });
  const known = knownOf(request, checked, files, traces);
  if (!known.ok) return known;
  return ok(
    makeRoom(request, parts, { state, looks, remembered, digests, files, traces, ...known.value }),
  );
}

/** The graph, and what an earlier plan tells of it. */
function knownOf(
  { project, plan: use }: BuildRequest,
  checked: CheckedPlan | undefined,
  files: WorkspaceFiles,
  traces: TraceStore,
): Result<Pick<Kept, "graph" | "settled" | "images">> {
  const targets = checked?.plan.targets();
  if (use && checked && targets && hasSameTargets(checked.plan, use)) {
    const settled = new SettledTargets(checked, targets, { project, traces });
    return ok({ graph: lazyGraph(project, files, settled), settled, images: checked.images });
  }
  const graph = buildGraph(project, files);
  const before = checked?.plan.definitions();
  if (!graph.ok || !use || !checked || !targets || !before) {
    return graph.ok ? ok({ graph: graph.value }) : graph;
  }
  const isTouched = touchedBy(graph.value, before, use.definitions());
  const settled = new SettledTargets(checked, targets, { project, traces }, isTouched);
  return ok({ graph: graph.value, settled, images: checked.images });
}

interface Kept {
  readonly state: StateFolder;
  readonly looks: Looks;
  readonly remembered: DigestStore;
  readonly digests: FileDigests;
  readonly files: WorkspaceFiles;
  readonly traces: TraceStore;
  readonly graph: Graph;
  readonly settled?: SettledTargets;
  readonly images?: EngineImages;
}

function makeRoom(request: BuildRequest, parts: BuildParts, kept: Kept): BuildRoom {
  const { project, environment, signal, limits } = request;
  const { state, looks, remembered, digests, files, traces, graph, settled } = kept;
  const { docker, redact, reporter } = parts;
  const evictions = new Evictions(state.evictions);
  const forced = forcedTargets(request);
  const blobs = new BlobStore(state.path);
  const access = accessOf(request);
  const traceOf = (target: Target) => traces.get(traceKey(project, target));
  const recalled = (target: Target) => (forced.has(target.name) ? undefined : traceOf(target));
  const choose = (target: Target) => firstChoice(project, target, recalled(target));
  const plan = new Plan(graph, choose, settled);
  const artifactsOf = (name: TargetName) => plan.artifactsOf(name);
  const isMade = (reference: string) => graph.makers.has(reference);
  const workspaceId = () => state.workspaceId();
  const services = new Services({ project, workspaceId, docker, reporter, artifactsOf });
  return {
    project,
    plan,
    files,
    looks,
    remembered,
    digests,
    state,
    traces,
    evictions,
    logs: new TargetLogs({ state, limits, evictions, redact }),
    blobs,
    kept: new KeptStore(state.path),
    cache: cacheOf(request, { access, blobs, signal, forced, reporter }),
    journals: new BurstJournals(state.path, redact(request.command)),
    clones: new Clones(state.path),
    traceOf,
    pins: request.pins,
    isMade,
    settled,
    images: kept.images ?? new EngineImages(),
    services,
    confirmations: confirmationsOf(request, parts),
    forced,
    fallback: request.fallback,
    reading: readingRoom(request, plan, { files, looks, isMade }),
    reporter,
    docker,
    pipe: parts.pipe ?? noPipe,
    environment,
    access,
    commands: commandsOf(request, state),
    redact,
    signal,
    timers: parts.timers ?? systemTimers,
  };
}

function readingRoom(
  { project, environment, pins }: BuildRequest,
  plan: Plan,
  { files, looks, isMade }: Pick<Kept, "files" | "looks"> & Pick<BuildRoom, "isMade">,
): ReadingRoom {
  const artifactsOf = (name: TargetName) => plan.artifactsOf(name);
  const read = readMade(artifactsOf, files);
  return {
    files,
    looks,
    environment,
    edgesOf: (name) => plan.edgesOf(name),
    artifactsOf,
    pinsOf: (target) => knownPins(askedBy(target, files, isMade, read), pins),
    serviceDigest: (target, service) => serviceDigest(target, service, { project, files, plan }),
  };
}

function cacheOf(
  { project, cacheFrom: reads = true, cacheTo = true }: BuildRequest,
  room: CacheRoom,
): SharedCache | undefined {
  const settings = project.cache;
  const writes = settings?.write === true && cacheTo;
  return settings && (reads || writes)
    ? new SharedCache({ settings, reads, writes }, room)
    : undefined;
}

const confirmationsOf = ({ yes = false }: BuildRequest, { reporter, ask }: BuildParts) =>
  new Confirmations({ reporter, yes, ask });

const accessOf = ({ environment, project, tries }: BuildRequest): RegistryAccess => ({
  environment,
  credentials: credentialLookup(environment),
  registries: project.registries,
  tries,
});

/** A command without services and variables of its own gets just this environment. */
function commandsOf({ environment }: BuildRequest, state: StateFolder): Commands {
  return new Commands({
    temporary: state.temporary,
    environment: () => ({
      ...hostEnvironment(environment),
      ...proxyVariables(environment, []),
      [workspaceVariable]: state.workspaceId(),
    }),
  });
}
const noPipe = (): never => {
  throw new DiagnosticError({
    code: "no-pipe",
    blame: "usage",
    message: "standard output is not to be had here",
    hint: "name a file or a folder",
  });
};

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
