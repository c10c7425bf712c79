/**
 * Runs the `git` program: it asks nobody anything, runs nothing that a repository brings, and shows no
 * credentials. What its answers mean is told by others.
 */
import { spawn } from "node:child_process";
import { abortError } from "../../docker/errors.ts";
import { withoutGitPlaces } from "../../files/git-environment.ts";
import { workspaceVariable } from "../../store/leftovers.ts";
import { LastLines, LineSplitter } from "../lines.ts";
import { failure, redactUrls } from "../problems.ts";
import type { ActContext } from "../rule.ts";

export type GitAnswer =
  | { readonly ok: true; readonly text: string }
  /** Its last lines on the error output. */
  | { readonly ok: false; readonly said: readonly string[] };

interface GitCall {
  /** Folder to run in; the workspace without it. */
  readonly folder?: string;
  /** Bare repository to work on. */
  readonly repository?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

export type Git = (args: readonly string[], call?: GitCall) => Promise<GitAnswer>;

/** For whom git is run. */
export interface GitCaller extends Pick<ActContext, "environment" | "workspaceId" | "signal"> {
  readonly project: Pick<ActContext["project"], "root">;
  readonly progress: Pick<ActContext["progress"], "output">;
}

/** For one run of one target, or one question. */
export function gitFor(context: GitCaller): Git {
  const environment = {
    ...quietEnvironment(context.environment),
    // By it the next run ends what is left of one that was killed.
    [workspaceVariable]: context.workspaceId,
  };
  return (args, call = {}) => run([...settings, ...args], { call, environment, context });
}

/** The same bytes and modes whatever its user has set, whole packs only, and no hooks. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.autocrlf=false",
  "core.eol=lf",
  "core.symlinks=true",
  "core.fileMode=true",
  "core.sparseCheckout=false",
  "core.attributesFile=/dev/null",
  // Loose objects of a fetch that was killed could be some of a commit; a pack is there or not.
  "fetch.unpackLimit=1",
  "transfer.unpackLimit=1",
  "fetch.recurseSubmodules=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

/** All of the caller's: their credentials and settings count for git. But it never asks anything. */
function quietEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...withoutGitPlaces(environment),
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    SSH_ASKPASS_REQUIRE: "never",
    LC_ALL: "C",
  };
}

interface Running {
  readonly call: GitCall;
  readonly environment: NodeJS.ProcessEnv;
  readonly context: GitCaller;
}

async function run(
  args: readonly string[],
  { call, environment, context }: Running,
): Promise<GitAnswer> {
  const { repository, input = "", folder = context.project.root } = call;
  if (context.signal.aborted) throw abortError(context.signal);
  const where = repository === undefined ? [] : [`--git-dir=${repository}`];
  const child = spawn("git", [...where, ...args], {
    cwd: folder,
    env: { ...environment, ...call.env },
    // A session of its own has no terminal: neither git nor ssh can ask on it.
    detached: true,
  });
  const last = new LastLines();
  const splitter = new LineSplitter((line) => {
    last.add(redactUrls(line));
    context.progress.output(redactUrls(line));
  });
  const chunks: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => splitter.write(chunk));
  child.stdout.on("data", (chunk: Buffer) => void chunks.push(chunk));
  // A git that ends early has read what it wanted.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const code = await ended(child, context.signal);
  splitter.end();
  if (context.signal.aborted) throw abortError(context.signal);
  if (code !== 0) return { ok: false, said: last.lines };
  return { ok: true, text: Buffer.concat(chunks).toString() };
}

/** @returns its exit code; null when a signal ended it */
function ended(child: ReturnType<typeof spawn>, signal: AbortSignal): Promise<number | null> {
  const end = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // All of them ended by themselves.
    }
  };
  let late: NodeJS.Timeout | undefined;
  const abort = (): void => {
    end("SIGTERM");
    late = setTimeout(() => end("SIGKILL"), patience);
  };
  signal.addEventListener("abort", abort, { once: true });
  return new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(isMissing(error) ? gitMissing() : error));
    child.once("close", resolve);
  }).finally(() => {
    clearTimeout(late);
    signal.removeEventListener("abort", abort);
  });
}

/** Milliseconds that git has to tidy up after itself. */
const patience = 1000;

const isMissing = (error: NodeJS.ErrnoException): boolean =>
  error.code === "ENOENT" && error.syscall?.startsWith("spawn") === true;

const gitMissing = () =>
  failure("surroundings", "git-missing", "program `git` was not found", {
    hint: "install git",
  });
