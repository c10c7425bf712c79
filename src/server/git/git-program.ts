/**
 * Runs the `git` program on repositories that nobody vouches for: no hooks, no commands that a URL names, no
 * questions. What is asked of it is told by others.
 */
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { hideCredentials } from "../../report/redact.ts";
import { signalGroup } from "../../rules/commands/process-group.ts";
import { eachLines } from "../programs/each-lines.ts";
import { endProgram, lowerPriority, type Program, type StartProgram } from "../programs/program.ts";

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

export interface GitParts {
  /** Of the server. */
  readonly environment: NodeJS.ProcessEnv;
  /** Goes into the environment of each git, so that one left by a killed server is found. */
  readonly mark: Readonly<Record<string, string>>;
  readonly start: StartProgram;
}

/** Milliseconds for a git to end when it is told to. */
const patience = 1000;

export function gitFor({ environment, mark, start }: GitParts): Git {
  const env = { ...gitEnvironment(environment), ...mark };
  return async (args, { folder, signal, tell, input, isIdle = false }) => {
    if (signal.aborted) return { ok: false, out: "", said: [] };
    const program = await start({
      argv: ["git", ...args],
      ...(folder !== undefined && { folder }),
      ...(input !== undefined && { input }),
      environment: env,
      leadsGroup: isIdle,
    });
    if (isIdle) lowerPriority(program.pid, constants.priority.PRIORITY_LOW);
    const stop = endWhenAborted(program.pid, signal, isIdle ? signalGroup : endProgram);
    try {
      const said = readLines(program.stderr, tell);
      const [end, out, lines] = await Promise.all([program.ended, textOf(program), said]);
      const isGood = end.kind === "exited" && end.code === 0 && out !== undefined;
      const why = end.kind === "not-started" ? [notStarted(end.why)] : [];
      return { ok: isGood && !signal.aborted, out: out ?? "", said: [...lines, ...why] };
    } finally {
      stop();
    }
  };
}

const notStarted = (why: string): string =>
  why === "ENOENT" ? "program `git` was not found" : `program \`git\` could not be started: ${why}`;

function endWhenAborted(
  pid: number | undefined,
  signal: AbortSignal,
  tell: (pid: number, by: NodeJS.Signals) => void,
): () => void {
  let force: NodeJS.Timeout | undefined;
  const end = () => {
    if (pid === undefined) return;
    tell(pid, "SIGTERM");
    force = setTimeout(() => tell(pid, "SIGKILL"), patience);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return () => {
    signal.removeEventListener("abort", end);
    clearTimeout(force);
  };
}

/** @returns undefined where it is more than anybody should answer; it is ended then */
async function textOf({ pid, stdout }: Program): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdout) {
    bytes += (chunk as Buffer).length;
    if (bytes <= mostOutput) chunks.push(chunk as Buffer);
    else if (pid !== undefined) endProgram(pid, "SIGKILL");
  }
  return bytes > mostOutput ? undefined : Buffer.concat(chunks).toString("utf8");
}

/** @returns the last ones */
async function readLines(
  stream: Readable,
  tell: ((line: string) => void) | undefined,
): Promise<readonly string[]> {
  const said: string[] = [];
  await eachLines(stream, async (lines) => {
    for (const line of lines.filter((each) => each.trim() !== "")) {
      const shown = hideCredentials(line.trimEnd());
      said.push(shown);
      if (said.length > mostSaid) said.shift();
      tell?.(shown);
    }
  });
  return said;
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
