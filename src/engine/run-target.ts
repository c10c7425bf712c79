/** Makes one stale target: act, look at the inputs again, record. When to do so is decided elsewhere. */
import { mkdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { type Signature, sameSignature } from "../files/digests.ts";
import type { Artifact } from "../model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { TargetState } from "../model/state.ts";
import type { Target } from "../model/target.ts";
import { describeStaleReason, type StaleReason } from "../model/trace.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import { ownOutputFolder } from "../rules/own-output.ts";
import type { ActContext, ActOutcome, RunningServiceView } from "../rules/rule.ts";
import type { BuildRoom } from "./build-room.ts";
import { inputChangedProblem } from "./problems.ts";
import type { Reading } from "./read-target.ts";
import { serviceDigest } from "./service-digest.ts";
import { hostNameOf } from "./services.ts";
import { TargetLog } from "./target-log.ts";
import { traceKey } from "./trace-key.ts";

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
  const log = new TargetLog(room.state.log(target.name), room.redact);
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
  const context = makeContext(target, reading, room, { ...tools, services });
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

function makeContext(
  target: Target,
  reading: Reading,
  room: BuildRoom,
  tools: Tools & { readonly services: readonly RunningServiceView[] },
): ActContext {
  const previous = room.traceOf(target)?.artifacts ?? [];
  return {
    target,
    project: room.project,
    files: room.files,
    stateFolder: room.state.path,
    ownFolder: path.join(room.project.root, ownOutputFolder(target.name)),
    temporaryFolder: () => tools.temporary.make(),
    artifactsOf: (name) => room.plan.artifactsOf(name),
    inputs: reading.inputs,
    services: tools.services,
    docker: room.docker,
    environment: room.environment,
    signal: room.signal,
    progress: progressOf(target, room, tools.log),
    previous,
    workspaceId: room.state.workspaceId(),
    get madeImages() {
      return room.traces.madeImages().map(({ id, references }) => ({ digest: id, references }));
    },
    get madeFiles() {
      return madeFiles(room);
    },
    forget: async ({ keepImages }) => forget(room, keepImages),
  };
}

function progressOf(target: Target, room: BuildRoom, log: TargetLog): ActContext["progress"] {
  const { reporter } = room;
  const name = target.name;
  return {
    output(line, step) {
      log.line(line);
      reporter.report({ kind: "output", target: name, line, ...(step !== undefined && { step }) });
    },
    step({ id, name: title, state, seconds }) {
      if (state !== "started") log.line(`# ${title}: ${state}`);
      const time = seconds === undefined ? {} : { seconds };
      reporter.report({ kind: "step", target: name, id, name: title, state, ...time });
    },
    transfer(id, done, total) {
      const known = total === undefined ? {} : { total };
      reporter.report({ kind: "transfer", target: name, id, done, ...known });
    },
    warn(problem) {
      log.line(`# warning: ${problem.message}`);
      reporter.report({ kind: "warning", problem });
    },
  };
}

/** Turns what the rule answered into the state of the target, and records a success. */
function settle(
  target: Target,
  reading: Reading,
  outcome: ActOutcome | { readonly kind: "cancelled" },
  run: {
    readonly room: BuildRoom;
    readonly signatures: readonly (Signature | undefined)[];
    readonly seconds: number;
  },
): RunResult["state"] {
  switch (outcome.kind) {
    case "made":
      record(target, reading, outcome.artifacts, run);
      return { kind: "done", ran: true, artifacts: outcome.artifacts };
    case "failed":
      return { kind: "failed", problem: outcome.problem };
    case "unavailable":
      return { kind: "unavailable", why: outcome.why, problem: outcome.problem };
    case "cancelled":
      return { kind: "cancelled" };
  }
}

function record(
  target: Target,
  reading: Reading,
  artifacts: readonly Artifact[],
  run: {
    readonly room: BuildRoom;
    readonly signatures: readonly (Signature | undefined)[];
    readonly seconds: number;
  },
): void {
  const { room, signatures, seconds } = run;
  for (const artifact of artifacts) {
    if (artifact.kind === "image") room.images.note(artifact.references, artifact.digest);
  }
  if (target.rule && ruleKindOf(target.rule.kind).always) return;
  const key = traceKey(room.project, target);
  const changed = reading.inputs.find(
    (input, index) => !isSame(signatures[index], room.digests.signature(input.path)),
  );
  if (changed) {
    room.traces.drop(key);
    room.reporter.report({ kind: "warning", problem: inputChangedProblem(target, changed.name) });
    return;
  }
  const { parts, fingerprint } = reading;
  const finishedAt = Date.now();
  room.traces.put({ key, target: target.name, fingerprint, parts, artifacts, seconds, finishedAt });
}

const isSame = (a: Signature | undefined, b: Signature | undefined): boolean =>
  a !== undefined && b !== undefined && sameSignature(a, b);

function caught(error: unknown, signal: AbortSignal): ActOutcome | { readonly kind: "cancelled" } {
  if (signal.aborted) return { kind: "cancelled" };
  if (error instanceof DiagnosticError) return { kind: "failed", problem: error.diagnostic };
  const problem = systemProblem(error);
  if (problem) return { kind: "failed", problem };
  throw error;
}

/** What the disk says is nobody's bug: it is full, read-only, or not ours. */
function systemProblem(error: unknown): Diagnostic | undefined {
  const { code, path: file, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOSPC: "no space is left on the disk",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    EMFILE: "too many files are open",
  };
  const what = code === undefined ? undefined : known[code];
  if (what === undefined) return undefined;
  const where = file === undefined ? message : `\`${file}\``;
  return { code: "disk", blame: "surroundings", message: `${what}: ${where}` };
}

function madeFiles(room: BuildRoom): readonly string[] {
  const found = new Set<string>();
  for (const trace of room.traces.all()) {
    for (const artifact of trace.artifacts) {
      if (artifact.kind !== "image" && !path.isAbsolute(artifact.path)) found.add(artifact.path);
    }
  }
  return [...found];
}

/** Images that stay keep their traces, and the choices that led to them: nothing of it is made again. */
function forget(room: BuildRoom, keepImages: boolean): void {
  const kept = [...room.traces.all()].filter(
    ({ artifacts, alternative }) =>
      alternative !== undefined ||
      (artifacts.length > 0 && artifacts.every(({ kind }) => kind === "image")),
  );
  room.traces.keepOnly(new Set(keepImages ? kept.map(({ key }) => key) : []), keepImages);
  room.images.forget();
  for (const name of ["out", "digests"]) {
    rmSync(path.join(room.state.path, name), { recursive: true, force: true });
  }
}

/** Folders for half-made things, on the disk of the workspace so that a rename completes them. */
class TemporaryFolders {
  readonly #parent: string;
  readonly #made: string[] = [];

  constructor(parent: string) {
    this.#parent = parent;
  }

  async make(): Promise<string> {
    mkdirSync(this.#parent, { recursive: true });
    const made = await mkdtemp(path.join(this.#parent, "t-"));
    this.#made.push(made);
    return made;
  }

  remove(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}
