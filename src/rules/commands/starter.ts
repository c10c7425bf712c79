/**
 * A small shell that starts commands one after the other, each as if tbuild had started it itself: its
 * own environment, folder and output. To start a process the kernel copies the one that asks for it, and
 * tbuild is a large one: a small one in its place takes a quarter of the time. Which commands come here
 * is decided by `commands.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { constants } from "node:os";
import { abortError } from "../../docker/errors.ts";
import { PipedOutput } from "./piped-output.ts";
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

interface Answer {
  /** Exit code of the shell text; -1 when the shell itself is gone. */
  readonly code: number;
  readonly end: ProcessEnd;
}

/** It leads the group of all that it starts, so that they can be ended together. */
export class Starter {
  readonly #shell: ChildProcess;
  readonly #pipe: string;
  readonly #gone: Promise<ProcessEnd>;
  #told = "";
  #answer: (answer: Answer) => void = () => {};
  #killTimer: NodeJS.Timeout | undefined;
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
    void this.#gone.then((end) => {
      this.#isSound = false;
      clearTimeout(this.#killTimer);
      this.#answer({ code: -1, end });
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
    const output = new PipedOutput(this.#pipe, onLine);
    const stop = this.#stopOn(signal);
    const { end } = await this.#ask(`(exec </dev/null >${quoted(this.#pipe)} 2>&1 3>&-
${text}
)
${tell}
`);
    const deadline = stop();
    if (signal.aborted) {
      await this.#gone;
      await untilGroupIsGone(this.#shell.pid, deadline);
    }
    await output.end(signal.aborted ? drainPatience : patience, () => this.#giveUp());
    if (signal.aborted) throw abortError(signal);
    return end;
  }

  async close(): Promise<void> {
    this.#isSound = false;
    this.#shell.stdin?.end();
    await this.#gone;
    rmSync(this.#pipe, { force: true });
  }

  /** Resolves with what came of it, which may be the end of the shell itself. */
  async #ask(text: string): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => {
      this.#answer = resolve;
    });
    this.#shell.stdin?.write(text);
    return this.#isSound ? answer : { code: -1, end: await this.#gone };
  }

  #listen(chunk: Buffer): void {
    this.#told += chunk.toString();
    const found = /^([\s\S]*)end (\d+)\n$/.exec(this.#told);
    if (!found) return;
    this.#told = "";
    const code = Number(found[2]);
    this.#answer({ code, end: endOfCommand(found[1] as string, code) });
  }

  /** @returns ends the watch, and tells until when the group may take to go */
  #stopOn(signal: AbortSignal): () => number {
    let deadline = 0;
    const { pid } = this.#shell;
    const onAbort = (): void => {
      this.#isSound = false;
      deadline = Date.now() + patience;
      this.#shell.stdin?.end();
      signalGroup(pid, "SIGTERM");
      this.#killTimer = setTimeout(() => signalGroup(pid, "SIGKILL"), patience);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return () => {
      signal.removeEventListener("abort", onAbort);
      return deadline;
    };
  }

  /** A child that left the group holds the pipe open: it is not waited for, and the pipe is lost to it. */
  #giveUp(): void {
    this.#isSound = false;
    signalGroup(this.#shell.pid, "SIGKILL");
  }
}

/** Ends what the command left in the group. */
const tell = `s=$?; kill -TERM 0; echo "end $s" >&3`;

export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const endOf = (code: number, by: NodeJS.Signals | null): ProcessEnd =>
  by === null ? { kind: "exited", code } : { kind: "signalled", signal: by };

/**
 * A shell tells of a signal by a code from 129 on, which a command may also exit with: only of a signal
 * it says a word. What it says otherwise is that it could not do what it was asked to.
 */
function endOfCommand(words: string, code: number): ProcessEnd {
  if (words === "") return { kind: "exited", code };
  const found = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  if (found) return { kind: "signalled", signal: found[0] };
  return { kind: "not-started", why: words.trim() };
}
