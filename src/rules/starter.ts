/**
 * A small shell that starts commands one after the other, each as if tbuild had started it itself: its
 * own environment, folder and output. To start a process the kernel copies the one that asks for it, and
 * tbuild is a large one: a small one in its place takes a quarter of the time. Which commands come here
 * is decided by `commands.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { constants as system } from "node:os";
import { abortError } from "../docker/errors.ts";
import { LineSplitter } from "./lines.ts";
import {
  drainPatience,
  type ProcessEnd,
  patience,
  signalGroup,
  untilGroupIsGone,
} from "./process-group.ts";

export interface StarterCommand {
  /** Shell text that becomes the command, run in a shell of its own. */
  readonly text: string;
  readonly onLine: (line: string) => void;
}

/** It leads the group of all that it starts, so that they can be ended together. */
export class Starter {
  readonly #shell: ChildProcess;
  readonly #pipe: string;
  readonly #gone: Promise<ProcessEnd>;
  #told = "";
  #onTold: (words: string, status: number) => void = () => {};
  #isSound = true;

  /**
   * @param pipe absolute path for the named pipe that takes the output of commands
   * @returns undefined where there can be none
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    pipe: string,
  ): Promise<Starter | undefined> {
    const starter = new Starter(environment, pipe);
    const { code } = await starter.#ask(`mkfifo -m 600 ${quoted(pipe)}\n${tell}\n`);
    if (code === 0) return starter;
    await starter.close();
    return undefined;
  }

  private constructor(environment: Readonly<Record<string, string>>, pipe: string) {
    this.#pipe = pipe;
    this.#shell = spawn("sh", [], {
      env: environment,
      detached: true,
      stdio: ["pipe", "ignore", "ignore", "pipe"],
    });
    this.#gone = new Promise((resolve) => {
      this.#shell.once("error", ({ message }) => resolve({ kind: "not-started", why: message }));
      this.#shell.once("exit", (code, by) => resolve(endOf(code ?? 0, by)));
    });
    this.#shell.stdin?.on("error", () => {});
    this.#shell.stdio[3]?.on("error", () => {});
    this.#shell.stdio[3]?.on("data", (chunk: Buffer) => this.#listen(chunk));
    // The end of a command is the end of its group too, which the starter alone outlives.
    this.#shell.stdin?.write("trap : TERM; exec 2>&3\n");
  }

  /** Whether it can start another command. */
  get isSound(): boolean {
    return this.#isSound;
  }

  /**
   * Runs to the end; what the command leaves behind in its group is ended too.
   * @throws an abort error when `signal` ended it; the whole group is gone by then, and the starter with it
   */
  async run({ text, onLine }: StarterCommand, signal: AbortSignal): Promise<ProcessEnd> {
    // Held open from here as well: a pipe into which nobody writes yet would be at its end.
    const reader = openSync(this.#pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(this.#pipe, constants.O_WRONLY);
    const output = new Socket({ fd: reader, readable: true, writable: false });
    const closed = readLines(output, onLine);
    const stop = this.#stopOn(signal);
    const end = await this.#ask(`(exec </dev/null >${quoted(this.#pipe)} 2>&1 3>&-
${text}
)
${tell}
`);
    closeSync(writer);
    const deadline = stop();
    if (signal.aborted) {
      await this.#gone;
      await untilGroupIsGone(this.#shell.pid, deadline);
    }
    await this.#untilClosed(output, closed, signal.aborted ? drainPatience : patience);
    if (signal.aborted) throw abortError(signal);
    return end.end;
  }

  async close(): Promise<void> {
    this.#isSound = false;
    this.#shell.stdin?.end();
    await this.#gone;
    rmSync(this.#pipe, { force: true });
  }

  /** Resolves with what came of it, which may be the end of the shell itself. */
  async #ask(text: string): Promise<{ readonly code: number; readonly end: ProcessEnd }> {
    const told = new Promise<{ readonly code: number; readonly end: ProcessEnd }>((resolve) => {
      this.#onTold = (words, code) => resolve({ code, end: endOfCommand(words, code) });
    });
    const gone = this.#gone.then((end) => {
      this.#isSound = false;
      return { code: -1, end };
    });
    this.#shell.stdin?.write(text);
    return Promise.race([told, gone]);
  }

  #listen(chunk: Buffer): void {
    this.#told += chunk.toString();
    const found = /^([\s\S]*)end (\d+)\n$/.exec(this.#told);
    if (!found) return;
    this.#told = "";
    this.#onTold(found[1] as string, Number(found[2]));
  }

  /** @returns ends the watch, and tells until when the group may take to go */
  #stopOn(signal: AbortSignal): () => number {
    let deadline = 0;
    let timer: NodeJS.Timeout | undefined;
    const { pid } = this.#shell;
    const onAbort = (): void => {
      this.#isSound = false;
      deadline = Date.now() + patience;
      this.#shell.stdin?.end();
      signalGroup(pid, "SIGTERM");
      timer = setTimeout(() => signalGroup(pid, "SIGKILL"), patience);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    void this.#gone.then(() => clearTimeout(timer));
    return () => {
      signal.removeEventListener("abort", onAbort);
      return deadline;
    };
  }

  /** A child that left the group may hold the pipe open: it is not waited for, and the pipe is lost to it. */
  async #untilClosed(output: Socket, closed: Promise<void>, milliseconds: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#isSound = false;
      signalGroup(this.#shell.pid, "SIGKILL");
      output.destroy();
    }, milliseconds);
    await closed.finally(() => clearTimeout(timer));
  }
}

/** Ends what the command left in the group. */
const tell = `s=$?; kill -TERM 0; echo "end $s" >&3`;

export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function readLines(output: Socket, onLine: (line: string) => void): Promise<void> {
  const splitter = new LineSplitter(onLine);
  output.on("data", (chunk: Buffer) => splitter.write(chunk));
  output.on("error", () => {});
  return new Promise((resolve) =>
    output.once("close", () => {
      splitter.end();
      resolve();
    }),
  );
}

const endOf = (code: number, by: NodeJS.Signals | null): ProcessEnd =>
  by === null ? { kind: "exited", code } : { kind: "signalled", signal: by };

/**
 * A shell tells of a signal by a code from 129 on, which a command may also exit with: only of a signal
 * it says a word. What it says otherwise is that it could not do what it was asked to.
 */
function endOfCommand(words: string, code: number): ProcessEnd {
  if (words === "") return { kind: "exited", code };
  const found = Object.entries(system.signals).find(([, number]) => number === code - 128);
  if (found) return { kind: "signalled", signal: found[0] };
  return { kind: "not-started", why: words.trim() };
}
