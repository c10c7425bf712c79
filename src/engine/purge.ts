/** Removes all that a workspace ever made, and what is known of it: artifacts, containers, and `.tbuild` itself. */
import { existsSync, rmSync } from "node:fs";
import type { Docker } from "../docker/docker.ts";
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Reporter } from "../model/event.ts";
import { type RemovalKind, removalKinds } from "../model/removal.ts";
import type { Project } from "../model/target.ts";
import { measureFolder } from "../rules/clean/clean-files.ts";
import { findAll } from "../rules/clean/clean-look.ts";
import { noteOn, removeAll } from "../rules/clean/clean-project.ts";
import type { CleanContext, Found } from "../rules/clean-context.ts";
import { takeLock } from "../store/lock.ts";
import { StateFolder } from "../store/state-folder.ts";
import { TraceStore } from "../store/trace-store.ts";
import { cleanContext, reportLook } from "./run/clean-context.ts";
import { stateProblem } from "./state-problem.ts";

export interface PurgeRequest {
  readonly project: Pick<Project, "name" | "root" | "files">;
  /** Tell what would go, and remove nothing. */
  readonly dryRun: boolean;
  /** What the user typed, shown to a build that has to wait. */
  readonly command: string;
  readonly signal: AbortSignal;
}

export interface PurgeParts {
  readonly reporter: Reporter;
  readonly docker: () => Promise<Docker>;
  /** Asked once all that would go is told; false leaves everything. Absent: nobody is asked, or told before. */
  readonly confirm?: () => Promise<boolean>;
}

export type PurgeOutcome =
  | { readonly kind: "removed"; readonly note: string }
  /** Looked at only, or refused by whoever was asked. */
  | { readonly kind: "kept" }
  | { readonly kind: "failed"; readonly problem: Diagnostic };

/** The build cache of the engine does not say whose it is: it is left. */
const kinds: ReadonlySet<RemovalKind> = new Set(
  removalKinds.filter((kind) => !["cache", "blobs", "state"].includes(kind)),
);

/**
 * Waits for a build that runs, and then holds its lock. A dry run takes none and removes nothing.
 * @returns what went, by kind; failures of the system and of the engine are told as a problem
 */
export async function purge(request: PurgeRequest, parts: PurgeParts): Promise<PurgeOutcome> {
  const { project, signal } = request;
  const state = new StateFolder(project.root);
  try {
    if (request.dryRun || !existsSync(state.path)) return await look(request, parts, state);
    const { reporter } = parts;
    const waiting = (owner: { readonly pid: number; readonly command: string }) =>
      reporter.report({ kind: "waiting", pid: owner.pid, command: owner.command });
    const lock = await takeLock(state.lock, request.command, waiting, signal);
    try {
      return await removeEverything(request, parts, state);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof DiagnosticError) return { kind: "failed", problem: error.diagnostic };
    const problem = stateProblem(error, state);
    if (problem === undefined) throw error;
    return { kind: "failed", problem };
  }
}

async function look(
  request: PurgeRequest,
  parts: PurgeParts,
  state: StateFolder,
): Promise<PurgeOutcome> {
  const { found } = await findEverything(request, parts, state);
  reportLook("purge", found, parts.reporter);
  return { kind: "kept" };
}

async function removeEverything(
  request: PurgeRequest,
  parts: PurgeParts,
  state: StateFolder,
): Promise<PurgeOutcome> {
  const { found, context } = await findEverything(request, parts, state);
  const { reporter } = parts;
  if (parts.confirm !== undefined) {
    reportLook("purge", found, reporter);
    if (!(await parts.confirm())) return { kind: "kept" };
  }
  const removed = await removeAll(found, context, (removal) =>
    reporter.report({ kind: "removed", target: "purge", ...removal }),
  );
  return { kind: "removed", note: noteOn(removed) };
}

async function findEverything(
  { project, signal }: PurgeRequest,
  { reporter, docker }: PurgeParts,
  state: StateFolder,
): Promise<{ readonly found: readonly Found[]; readonly context: CleanContext }> {
  const traces = new TraceStore(state.traces);
  const room = { project, signal, state, traces, docker, reporter };
  const context = cleanContext(room, async () => undefined);
  const found = await findAll({ kinds }, context);
  return { found: [...found, ...findStateFolder(state, found)], context };
}

/** Outputs that lie in it are counted as files. */
function findStateFolder(state: StateFolder, others: readonly Found[]): readonly Found[] {
  if (!existsSync(state.path)) return [];
  const whole = measureFolder(state.path);
  const inside = others.filter(({ what, name }) => what === "files" && name.startsWith(".tbuild/"));
  const sum = (of: "count" | "bytes") => inside.reduce((total, each) => total + each[of], 0);
  const count = Math.max(1, whole.count - sum("count"));
  const bytes = whole.bytes - sum("bytes");
  const remove = async () => {
    rmSync(state.path, { recursive: true, force: true });
    return bytes;
  };
  return [{ what: "state", name: ".tbuild", count, bytes, remove }];
}
