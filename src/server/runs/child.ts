/**
 * A tbuild of its own for a run: its lines as they come, its end, and an end by force for it and for all that
 * it started. What the lines mean is told by others.
 */
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { isGroupAlive } from "../../rules/commands/live-group.ts";
import { signalGroup } from "../../rules/commands/process-group.ts";
import { eachLines } from "../programs/each-lines.ts";
import {
  endProgram,
  lowerPriority,
  type ProgramEnd,
  type StartProgram,
} from "../programs/program.ts";
import type { Clock } from "../records/clock.ts";

export interface ChildRequest {
  /** Program and words: no shell reads them. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly folder: string;
  /** All of the environment. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly start: StartProgram;
  /** Lines of standard output; what comes next is read when this is done. */
  readonly onLines: (lines: readonly string[]) => Promise<void>;
  /** The same of standard error. */
  readonly onSaid: (lines: readonly string[]) => Promise<void>;
}

/** Milliseconds for a tbuild to end what it runs: it takes two seconds at most. */
const patience = 10_000;

/** Runs to the end; when it returns nothing of it runs any more. */
export async function runChild(request: ChildRequest): Promise<ProgramEnd> {
  const { argv, folder, environment } = request;
  const child = await request.start({ argv, folder, environment, leadsGroup: true });
  const { pid } = child;
  // Builds take all the time that there is; who asks the server is answered first.
  lowerPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const stopForce = endWhenAborted(pid, request);
  const killOnExit = () => signalGroup(pid, "SIGTERM");
  process.once("exit", killOnExit);
  try {
    const read = Promise.all([
      eachLines(child.stdout, request.onLines),
      eachLines(child.stderr, request.onSaid),
    ]);
    // A log that cannot be written ends it too.
    read.catch(() => signalGroup(pid, "SIGTERM"));
    const end = await child.ended;
    signalGroup(pid, "SIGKILL");
    await read;
    return end;
  } finally {
    stopForce();
    process.off("exit", killOnExit);
  }
}

function endWhenAborted(pid: number | undefined, { signal, clock }: ChildRequest): () => void {
  let stop = () => {};
  const end = () => {
    signalGroup(pid, "SIGTERM");
    stop = clock.after(patience, () => signalGroup(pid, "SIGKILL"));
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return () => {
    signal.removeEventListener("abort", end);
    stop();
  };
}

/** Names the run in the environment of what was started for it. */
export const markName = "TBUILD_SERVE_RUN";

/**
 * Ends what a server that was killed left running for its runs, and returns when it is gone: two builds in
 * one work folder would wait for each other, and one of them was not asked for.
 * @param mark how the values of `markName` begin
 */
export async function endLeftovers(mark: string, clock: Clock): Promise<number> {
  const marked = markedProcesses(mark);
  // A tbuild leads a group and ends in order; a git is one process, and leaves locks in any case.
  const left = marked.filter((pid) => groupOf(pid) === pid);
  for (const pid of marked) if (!left.includes(pid)) endProgram(pid, "SIGKILL");
  for (const pid of left) signalGroup(pid, "SIGTERM");
  const until = clock.now() + patience;
  while (left.some((pid) => isGroupAlive(pid))) {
    if (clock.now() > until) for (const pid of left) signalGroup(pid, "SIGKILL");
    await new Promise<void>((resolve) => clock.after(50, resolve));
  }
  return marked.length;
}

/** Where the system lists no processes there are none, and the lock of the workspace helps. */
function markedProcesses(mark: string): readonly number[] {
  const wanted = `\0${markName}=${mark}`;
  return entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => `\0${textOf(`/proc/${name}/environ`)}`.includes(wanted))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/** Field 5 of /proc/PID/stat; the name before it may hold anything. */
const groupOf = (pid: number): number =>
  Number(/\) \S \d+ (\d+) [^)]*$/.exec(textOf(`/proc/${pid}/stat`))?.[1]);

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
