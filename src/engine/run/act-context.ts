/** What a rule is given when it acts: the target's surroundings, seen through what it may use. */
import path from "node:path";
import type { Target } from "../../model/target.ts";
import type { LastLines } from "../../rules/lines.ts";
import { ownOutputFolder } from "../../rules/own-output.ts";
import type { ActContext, RunningServiceView } from "../../rules/rule.ts";
import type { BuildRoom } from "../build-room.ts";
import type { Reading } from "../fresh/read-target.ts";
import { forget } from "./forget.ts";
import { MadeByTraces } from "./made-by-traces.ts";
import type { TargetLog } from "./target-log.ts";
import type { TemporaryFolders } from "./temporary-folders.ts";

export interface ContextTools {
  readonly log: TargetLog;
  readonly temporary: TemporaryFolders;
  readonly services: readonly RunningServiceView[];
  /** Ends this attempt: the build was cancelled, or its time is over. */
  readonly signal: AbortSignal;
  /** What it said last, for a problem that the rule itself does not tell. */
  readonly last: LastLines;
}

/** The context of one run of one target. */
export function makeActContext(
  target: Target,
  reading: Reading,
  room: BuildRoom,
  tools: ContextTools,
): ActContext {
  const made = new MadeByTraces(room.traces);
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
    access: room.access,
    pins: room.pins,
    isMade: room.isMade,
    commands: room.commands,
    signal: tools.signal,
    progress: progressOf(target, room, tools),
    previous,
    blobs: room.blobs,
    kept: room.kept,
    journals: room.journals,
    clones: room.clones,
    confirm: (overwrites) => room.confirmations.confirm(target, overwrites, tools.signal),
    pipe: room.pipe,
    workspaceId: room.state.workspaceId(),
    get madeImages() {
      return made.images;
    },
    get madeFiles() {
      return made.files;
    },
    madeAt: (what) => made.at(what),
    begin: (outputs) => room.traces.begin(outputs),
    forget: async (gone) => forget(gone, room),
  };
}

/** Milliseconds between two events of one transfer; nobody sees more. */
const transferPause = 100;

function progressOf(
  target: Target,
  room: BuildRoom,
  { log, last }: ContextTools,
): ActContext["progress"] {
  const { reporter } = room;
  const name = target.name;
  const told = new Map<string, number>();
  return {
    output(line, step) {
      log.line(line);
      last.add(line);
      reporter.report({ kind: "output", target: name, line, ...(step !== undefined && { step }) });
    },
    step({ id, name: title, state, seconds }) {
      if (state !== "started") log.line(`# ${title}: ${state}`);
      const time = seconds === undefined ? {} : { seconds };
      reporter.report({ kind: "step", target: name, id, name: title, state, ...time });
    },
    transfer(id, done, total) {
      const now = performance.now();
      if (done !== total && now - (told.get(id) ?? 0) < transferPause) return;
      told.set(id, now);
      const known = total === undefined ? {} : { total };
      reporter.report({ kind: "transfer", target: name, id, done, ...known });
    },
    pushed(tags) {
      reporter.report({ kind: "pushed", target: name, tags });
    },
    removed(removal) {
      log.line(`removed ${removal.name}`);
      reporter.report({ kind: "removed", target: name, ...removal });
    },
    warn(problem) {
      log.line(`# warning: ${problem.message}`);
      reporter.report({ kind: "warning", problem });
    },
  };
}
