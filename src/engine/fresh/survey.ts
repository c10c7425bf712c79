/**
 * What the targets of a build read and have made, looked at without running or writing anything: by
 * the walk that makes fingerprints, so that nothing else counts. Whether one is fresh is not its business.
 */
import { FileDigests } from "../../files/digests.ts";
import { Places } from "../../files/places.ts";
import { RecordingFiles } from "../../files/recording-files.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import { actsAlways, ruleKindOf } from "../../rules/kinds.ts";
import { StateFolder, stateFolderName } from "../../store/state-folder.ts";
import type { BuildRequest } from "../build-request.ts";
import type { BuildRoom } from "../build-room.ts";
import { openRoom } from "../open-room.ts";
import { alternativesOf } from "../plan/alternatives.ts";
import { stateProblem } from "../state-problem.ts";
import { checkArtifact } from "./check-freshness.ts";
import { isMade } from "./examine.ts";

/** What stood where a target looked: a digest by each name, or why there is none. */
export interface Snapshot {
  readonly contents: ReadonlyMap<string, string>;
  /** Set when the target cannot be read: a pattern matches nothing, a folder is missing. */
  readonly problem?: string;
}

export interface SurveyedTarget {
  readonly name: TargetName;
  /** Targets with something to make that come before it, groups followed. */
  readonly after: readonly TargetName[];
  /** It is made only if an alternative before it turns out not to be had. */
  readonly inReserve: boolean;
  /** All that counts of its declaration, as one text. */
  readonly declared: string;
}

export interface Survey {
  readonly targets: readonly SurveyedTarget[];
  /** Where the targets looked so far. */
  readonly places: Places;
  /** Absolute paths of the files that they read or made. */
  readonly files: ReadonlySet<string>;
  inputsOf(name: TargetName): Snapshot;
  outputsOf(name: TargetName): Snapshot;
  /** What the outputs were when the target was made. */
  recordedOf(name: TargetName): Snapshot;
  /** False for a target that was made and not recorded, since an input was touched meanwhile. */
  isRecorded(name: TargetName): boolean;
}

/**
 * Surveys what is planned; where the graph has problems, all that is declared.
 * @param withReserve with what is needed by alternatives that may still be taken
 * @throws DiagnosticError where the records cannot be read
 */
export function surveyTargets(request: BuildRequest, withReserve: boolean): Survey {
  const { project, wanted } = request;
  const room = roomOf(request);
  const places = new Places(project.root);
  const files = new RecordingFiles(project.root, room?.digests ?? new FileDigests(), places);
  room?.plan.demand(wanted);
  const certain = new Set(room?.plan.targets());
  if (room && withReserve) demandReserve(room);
  const targets = (room?.plan.targets() ?? [...project.targets.values()]).filter(isMade);
  const artifactsOf = (name: TargetName) => {
    const made = room?.traceOf(project.targets.get(name) as Target)?.artifacts ?? [];
    return made.filter((artifact) => artifact.kind !== "image" && !isState(artifact.path));
  };
  const outputs = (name: TargetName, digestOf: (of: Made) => string): Snapshot => ({
    contents: new Map(artifactsOf(name).map((made) => [pathOf(made), digestOf(made)])),
  });
  return {
    targets: targets.map((target) => ({
      name: target.name,
      after: room ? madeBefore(target, room) : [],
      inReserve: !certain.has(target),
      declared: declarationOf(target),
    })),
    places,
    files: files.contents,
    inputsOf: (name) =>
      lookAtInputs(project.targets.get(name) as Target, files, request.environment),
    outputsOf: (name) =>
      outputs(name, (made) => checkArtifact(made, files, noImages)?.kind ?? made.digest),
    recordedOf: (name) => outputs(name, ({ digest }) => digest),
    isRecorded: (name) => isRecorded(project.targets.get(name) as Target, room),
  };
}

/** What is made each time it is asked for is never recorded, and needs no record. */
function isRecorded(target: Target, room: BuildRoom | undefined): boolean {
  if (actsAlways(target)) return true;
  return room?.traceOf(target) !== undefined;
}

type Made = NonNullable<ReturnType<BuildRoom["traceOf"]>>["artifacts"][number];

const pathOf = (made: Made): string => (made.kind === "image" ? "" : made.path);
const isState = (path: string): boolean => path.startsWith(`${stateFolderName}/`);

/** Images are the engine's, and no file tells of them. */
const noImages = { idOf: () => undefined };

function roomOf(request: BuildRequest): BuildRoom | undefined {
  const state = new StateFolder(request.project.root);
  const reporter = { report: () => undefined, close: () => Promise.resolve() };
  const docker = () => Promise.reject(new Error("a survey asks no engine"));
  try {
    const opened = openRoom(request, { reporter, docker, redact: (text) => text }, state);
    return opened.ok ? opened.value : undefined;
  } catch (error) {
    const problem = stateProblem(error, state);
    throw problem ? new DiagnosticError(problem, { cause: error }) : error;
  }
}

/** The alternatives after the one that is chosen, as far as they are given, and what these need. */
function demandReserve({ plan, project }: BuildRoom): void {
  for (let seen = 0; seen < plan.targets().length; ) {
    const added = plan.targets().slice(seen);
    seen += added.length;
    for (const target of added) {
      const from = plan.choiceOf(target.name)?.index ?? 0;
      const later = alternativesOf(target).slice(from);
      plan.demand(later.filter((name) => project.targets.get(name)?.missing.length === 0));
    }
  }
}

function madeBefore(target: Target, { plan, project }: BuildRoom): readonly TargetName[] {
  const found = new Set<TargetName>();
  const seen = new Set<TargetName>();
  const open = plan.edgesOf(target.name).map(({ to }) => to);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (isMade(project.targets.get(name) as Target)) found.add(name);
    else open.push(...plan.edgesOf(name).map(({ to }) => to));
  }
  return [...found];
}

/** All that counts of a declaration, as one text. */
export const declarationOf = ({
  rule,
  needs,
  after,
  with: uses,
  service,
  source,
  parameters,
  missing,
}: Target) => JSON.stringify([rule, needs, after, uses, service, source, parameters, missing]);

function lookAtInputs(
  target: Target,
  files: RecordingFiles,
  environment: NodeJS.ProcessEnv,
): Snapshot {
  const contents = new Map<string, string>();
  if (!target.rule || target.missing.length > 0) return { contents };
  try {
    const { inputs } = ruleKindOf(target.rule.kind);
    for (const input of inputs?.(target.rule.fields as never, files, target, environment) ?? []) {
      contents.set(input.name, digestOf(input.path, files));
    }
    return { contents };
  } catch (error) {
    if (error instanceof DiagnosticError) return { contents, problem: error.message };
    return { contents, problem: codeOf(error) };
  }
}

/** A file may go between being found and being read. */
function digestOf(path: string, files: RecordingFiles): string {
  try {
    return files.digestFile(path);
  } catch (error) {
    return codeOf(error);
  }
}

/** What the system says; anything else is a bug. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}
