/**
 * Runs a program with all of its children as one group, which ends with it. Uses `child_process`
 * and not execa: that one costs a millisecond more a command, and of these there are thousands.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { abortError, throwIfAborted } from "../../docker/errors.ts";
import { LineSplitter } from "../lines.ts";
import { isGroupAlive } from "./live-group.ts";

export interface ProcessRequest {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly folder: string;
  /** All of the environment: nothing is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "not-started"; readonly why: string };

/** Milliseconds between asking to end and ending by force. */
export const patience = 1000;
/** Milliseconds for output that is still on its way when the command was to end. */
export const drainPatience = 200;

/**
 * Runs to the end. Children that the program leaves behind are ended too: nothing of an action goes
 * on after it.
 * @throws an abort error when `signal` ended it; the whole group is gone by then
 */
export async function runProcess(
  { argv, folder, environment, onLine }: ProcessRequest,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  throwIfAborted(signal);
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = readLines(child, onLine);
  // One deadline for all that follows: whoever asked it to end waits for the sum.
  let deadline = 0;
  const onAbort = () => {
    deadline = Date.now() + patience;
    signalGroup(child.pid, "SIGTERM");
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const end = await untilEnd(child, signal);
    if (signal.aborted) await untilGroupIsGone(child.pid, deadline);
    else signalGroup(child.pid, "SIGTERM");
    await untilClosed(child, closed, signal.aborted ? drainPatience : patience);
    if (signal.aborted) throw abortError(signal);
    return end;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Resolves when all output has been read. */
function readLines(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  for (const stream of [child.stdout, child.stderr]) {
    const splitter = new LineSplitter(onLine);
    stream?.on("data", (chunk: Buffer) => splitter.write(chunk));
    stream?.on("close", () => splitter.end());
  }
  return new Promise((resolve) => child.once("close", () => resolve()));
}

function untilEnd(child: ChildProcess, signal: AbortSignal): Promise<ProcessEnd> {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), patience);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return new Promise<ProcessEnd>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "not-started", why: error.code ?? error.message }),
    );
    child.once("exit", (code, by) =>
      resolve(
        by === null ? { kind: "exited", code: code ?? 0 } : { kind: "signalled", signal: by },
      ),
    );
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  });
}

/** The program is gone, its children may be cleaning up. */
export async function untilGroupIsGone(pid: number | undefined, deadline: number): Promise<void> {
  while (isGroupAlive(pid)) {
    if (Date.now() > deadline) {
      signalGroup(pid, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A child that left the group may hold the pipes open: it is not waited for. */
async function untilClosed(
  child: ChildProcess,
  closed: Promise<void>,
  milliseconds: number,
): Promise<void> {
  if (child.pid === undefined) return;
  const timer = setTimeout(() => {
    signalGroup(child.pid, "SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, milliseconds);
  await closed.finally(() => clearTimeout(timer));
}

/** @returns whether there is such a group */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
