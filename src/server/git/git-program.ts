/**
 * Runs the `git` program on repositories that nobody vouches for: no hooks, no commands that a URL names, no
 * questions. What is asked of it is told by others.
 */

import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { hideCredentials } from "../../report/redact.ts";
import { signalGroup } from "../../rules/commands/process-group.ts";

export interface GitAnswer {
  readonly ok: boolean;
  readonly out: string;
  /** The last lines of what it said. */
  readonly said: readonly string[];
}

export interface GitOptions {
  /** Absolute; of the server itself where it is absent. */
  readonly folder?: string;
  readonly signal: AbortSignal;
  /** Told each line that git says. */
  readonly tell?: (line: string) => void;
  readonly input?: string;
  /** Takes only the time that nobody else wants; when it is ended, so is all that it started. */
  readonly isIdle?: boolean;
}

/** Runs git with these words. What it answers is data, also where it fails. */
export type Git = (args: readonly string[], options: GitOptions) => Promise<GitAnswer>;

/** Whatever a repository or the user's own settings say. */
const settings: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "protocol.ext.allow": "never",
  "safe.directory": "*",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "false",
  // What a force push left behind may still be asked for by a run that waits.
  "gc.auto": "0",
  "maintenance.auto": "false",
  "advice.detachedHead": "false",
};

const mostOutput = 1 << 26;
const mostSaid = 20;

/** A server that does not answer must not hold a branch for ever. */
const stalled = { GIT_HTTP_LOW_SPEED_LIMIT: "1", GIT_HTTP_LOW_SPEED_TIME: "60" };

/**
 * @param environment of the server
 * @param mark goes into the environment of each git, so that one left by a killed server is found
 */
export function gitFor(
  environment: NodeJS.ProcessEnv,
  mark: Readonly<Record<string, string>>,
): Git {
  const env = { ...gitEnvironment(environment), ...mark };
  return async (args, { folder, signal, tell, input, isIdle = false }) => {
    const child = execa("git", args, {
      ...(folder !== undefined && { cwd: folder }),
      env,
      extendEnv: false,
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
      reject: false,
      cancelSignal: signal,
      forceKillAfterDelay: 1000,
      maxBuffer: mostOutput,
      stripFinalNewline: false,
      detached: isIdle,
    });
    if (isIdle) takeOnlySpareTime(child, signal);
    const said: string[] = [];
    const done = readLines(child.stderr, (line) => {
      said.push(line);
      if (said.length > mostSaid) said.shift();
      tell?.(line);
    });
    const result = await child;
    await done;
    if (result.code === "ENOENT") said.push("program `git` was not found");
    return { ok: !result.failed, out: String(result.stdout ?? ""), said };
  };
}

function takeOnlySpareTime({ pid }: { readonly pid?: number }, signal: AbortSignal): void {
  signal.addEventListener("abort", () => signalGroup(pid, "SIGTERM"), { once: true });
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

async function readLines(stream: Readable, tell: (line: string) => void): Promise<void> {
  for await (const line of createInterface(stream))
    if (line.trim() !== "") tell(hideCredentials(line));
}

/** The credentials and keys of the server's user count for git; what leads to another repository does not. */
function gitEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|CONFIG.*|ALLOW_PROTOCOL)$/.test(name),
  );
  const pairs = Object.entries(settings);
  return {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o ConnectTimeout=20",
    ...stalled,
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
    LC_ALL: "C",
    GIT_CONFIG_COUNT: String(pairs.length),
    ...Object.fromEntries(
      pairs.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
