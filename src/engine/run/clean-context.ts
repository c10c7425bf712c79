/** What those who remove things look at, put together from the state of a workspace. */
import type { Docker } from "../../docker/docker.ts";
import type { Reporter } from "../../model/event.ts";
import { type Removal, totalsOf } from "../../model/removal.ts";
import type { CleanContext } from "../../rules/clean-context.ts";
import type { StateFolder } from "../../store/state-folder.ts";
import type { TraceStore } from "../../store/trace-store.ts";
import { MadeByTraces } from "./made-by-traces.ts";

export interface CleanRoom extends Pick<CleanContext, "project" | "signal"> {
  readonly state: StateFolder;
  readonly traces: TraceStore;
  readonly docker: () => Promise<Docker>;
  readonly reporter: Reporter;
}

/** @param forget called with what is gone, so that its traces go too */
export function cleanContext(
  { project, signal, state, traces, docker, reporter }: CleanRoom,
  forget: CleanContext["forget"],
): CleanContext {
  const made = new MadeByTraces(traces);
  return {
    project,
    stateFolder: state.path,
    docker,
    signal,
    workspaceId: state.knownWorkspaceId(),
    madeImages: made.images,
    madeFiles: made.files,
    madeAt: (what) => made.at(what),
    progress: { warn: (problem) => reporter.report({ kind: "warning", problem }) },
    forget,
  };
}

/** Tells what would go. @param target who would remove it */
export function reportLook(target: string, found: readonly Removal[], reporter: Reporter): void {
  for (const { what, name, count, bytes } of found) {
    reporter.report({ kind: "would-remove", target, what, name, count, bytes });
  }
  const totals = totalsOf(found);
  const bytes = totals.reduce((sum, total) => sum + total.bytes, 0);
  reporter.report({ kind: "would-free", target, totals, bytes });
}
