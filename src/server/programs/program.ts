/** A program that the server starts: what it is asked for, and what is seen of it. Knows neither git nor tbuild. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { getPriority, setPriority } from "node:os";
import type { Readable } from "node:stream";

export interface ProgramRequest {
  /** Program and words: no shell reads them. */
  readonly argv: readonly string[];
  /** Absolute; of the server itself where it is absent. */
  readonly folder?: string;
  /** All of the environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it leads a group of its own, so that all that it starts can be ended with it. */
  readonly leadsGroup: boolean;
  /** Standard input; nothing when absent. */
  readonly input?: string;
}

export type ProgramEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly by: string }
  | { readonly kind: "not-started"; readonly why: string };

export interface Program {
  /** Absent where it could not be started. */
  readonly pid?: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Output may still be on its way then. */
  readonly ended: Promise<ProgramEnd>;
}

/** Never rejects: what could not be started has ended as such. */
export type StartProgram = (request: ProgramRequest) => Promise<Program>;

/** As a child of this very process. */
export const startHere: StartProgram = async ({ argv, ...request }) => {
  const [program = "", ...words] = argv;
  const { folder, environment, leadsGroup, input } = request;
  const child = spawn(program, words, {
    ...(folder !== undefined && { cwd: folder }),
    env: environment,
    detached: leadsGroup,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // One that reads nothing of it is right.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "not-started", why: error.code ?? error.message }),
    );
    child.once("exit", (code, by) => resolve(endOf(code, by)));
  });
  const { pid, stdout, stderr } = child as ChildProcessByStdio<null, Readable, Readable>;
  return { ...(pid !== undefined && { pid }), stdout, stderr, ended };
};

export const endOf = (code: number | null, by: string | null): ProgramEnd =>
  by === null ? { kind: "exited", code: code ?? 0 } : { kind: "signalled", by };

/** So that others go first; one that has ended already needs none. */
export function lowerPriority(pid: number | undefined, priority: number): void {
  try {
    if (pid !== undefined) setPriority(pid, Math.max(getPriority(), priority));
  } catch {
    // It ended meanwhile.
  }
}

/** By that signal, where it has not ended already. */
export function endProgram(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
