/** Runs the `git` program: it asks nobody anything, and shows no credentials. */
import { abortError } from "../../docker/errors.ts";
import { type LastLines, LineSplitter } from "../lines.ts";
import { failure, redactUrls } from "../problems.ts";
import type { ActContext } from "../rule.ts";

/** Runs git in the checkout; the answer's lines, or undefined when it failed. */
export type Git = (...args: readonly string[]) => Promise<readonly string[] | undefined>;

/** @param last gets what git says on its error output */
export async function gitIn(folder: string, context: ActContext, last: LastLines): Promise<Git> {
  const { execa } = await import("execa");
  const env = environmentOf(context.environment);
  return async (...args) => {
    const child = execa("git", args, {
      cwd: folder,
      env,
      extendEnv: false,
      stdin: "ignore",
      reject: false,
      cancelSignal: context.signal,
      forceKillAfterDelay: 1000,
      maxBuffer: 1 << 28,
    });
    const splitter = new LineSplitter((line) => {
      last.add(redactUrls(line));
      context.progress.output(redactUrls(line));
    });
    child.stderr.on("data", (chunk: Buffer) => splitter.write(chunk));
    const result = await child;
    splitter.end();
    if (context.signal.aborted) throw abortError(context.signal);
    if (result.code === "ENOENT") throw gitMissing();
    return result.failed ? undefined : result.stdout.split("\n").filter((line) => line !== "");
  };
}

/** All of the caller's: their credentials and settings count for git. But it never asks anything. */
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Set when tbuild runs from a hook: they would lead to that repository.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...rest } = environment;
  return {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes",
    ...rest,
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    LC_ALL: "C",
  };
}

const gitMissing = () =>
  failure("surroundings", "git-missing", "program `git` was not found", {
    hint: "install git",
  });
