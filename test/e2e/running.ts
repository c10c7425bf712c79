/** A tbuild that runs: its events as they happen, signals to it, and how long it took to end after one. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Event } from "../../src/model/event.ts";
import { checkout, type RunOptions } from "./tbuild.ts";

export interface End {
  readonly exitCode: number | null;
  /** Set when nothing of its own ended it: `SIGKILL`. */
  readonly by: string | null;
  readonly stderr: string;
  readonly finished: (Event & { readonly kind: "finished" }) | undefined;
  /** Since the last signal that `signal` sent. */
  readonly milliseconds: number;
}

export interface Running {
  readonly pid: number;
  readonly events: readonly Event[];
  /** The first event that fits, of those to come and those seen. Fails when tbuild ends before it. */
  until(fits: (event: Event) => boolean): Promise<Event>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<End>;
}

const started = new Set<ChildProcess>();

/** A test that failed in the middle leaves its tbuild to be ended. */
afterEach(() => {
  for (const child of started) child.kill();
});

interface Waiting {
  readonly fits: (event: Event) => boolean;
  readonly resolve: (event: Event) => void;
  readonly reject: (error: Error) => void;
}

/** Starts `tbuild` with `--log json`. */
export function start(
  folder: string,
  args: readonly string[],
  { env = {} }: RunOptions = {},
): Running {
  const argv = [path.join(checkout, "bin/tbuild.js"), ...args, "--log", "json"];
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const child = spawn(process.execPath, argv, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  started.add(child);
  child.once("exit", () => started.delete(child));
  const events: Event[] = [];
  const waiting = new Set<Waiting>();
  let stderr = "";
  let signalledAt = performance.now();
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  createInterface(child.stdout).on("line", (line) => {
    const event = JSON.parse(line) as Event;
    events.push(event);
    for (const waiter of waiting) if (waiter.fits(event)) waiter.resolve(event);
  });
  // Not `close`: what tbuild left running holds its pipes, and that is to be found.
  const exited = new Promise<{ exitCode: number | null; by: string | null; at: number }>(
    (resolve) =>
      child.once("exit", (exitCode, by) => resolve({ exitCode, by, at: performance.now() })),
  );
  const closed = new Promise((resolve) => child.once("close", resolve));
  const ended = exited.then(async ({ exitCode, by, at }) => {
    await closed;
    const last = events.at(-1);
    const finished = last?.kind === "finished" ? last : undefined;
    for (const waiter of waiting)
      waiter.reject(new Error(`tbuild ended: ${told(events)}${stderr}`));
    return { exitCode, by, stderr, finished, milliseconds: at - signalledAt };
  });
  const until = (fits: Waiting["fits"]) =>
    new Promise<Event>((resolve, reject) => {
      const seen = events.find(fits);
      if (seen) resolve(seen);
      else waiting.add({ fits, resolve, reject });
    });
  const signal = (name: NodeJS.Signals) => {
    signalledAt = performance.now();
    child.kill(name);
  };
  return { pid: child.pid as number, events, until, signal, ended };
}

/** The output of a target holds the text. */
export const says =
  (text: string) =>
  (event: Event): boolean =>
    event.kind === "output" && event.line.includes(text);

const told = (events: readonly Event[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

/** Numbers of the processes on this machine with that command line, those in containers too. */
export function processes(commandLine: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandLineOf(name) === commandLine)
    .map(Number);
}

/**
 * Waits until there are that many such processes: the engine ends what it runs a moment after it says
 * so, and a shell may speak before its children are what they will be.
 */
export async function untilProcesses(
  commandLine: string,
  count: number,
  patience = 2000,
): Promise<void> {
  const until = performance.now() + patience;
  for (;;) {
    const found = processes(commandLine).length;
    if (found === count) return;
    if (performance.now() > until) throw new Error(`${found} of ${count}: ${commandLine}`);
    await wait(20);
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // It ended meanwhile.
  }
}
