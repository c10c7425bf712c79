/**
 * Ends what a tbuild that was killed left running in a workspace: its commands would go on writing
 * to outputs that the next run makes anew. They are known by a variable in their environment.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Set for every command of a workspace, to the workspace's identity. */
export const workspaceVariable = "TBUILD_WORKSPACE";

/** Milliseconds to wait for the end of what was killed. */
const patience = 2000;

/** Only for the one who holds the lock. Where there is no /proc nothing is found. */
export async function endLeftovers(workspaceId: string): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const found = processesOf(workspaceId);
    if (found.length === 0 || Date.now() > until) return;
    for (const pid of found) end(pid);
    await wait(5);
  }
}

function processesOf(workspaceId: string): readonly number[] {
  const mark = `\0${workspaceVariable}=${workspaceId}\0`;
  return namesIn("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => `\0${environmentOf(name)}`.includes(mark))
    .map(Number);
}

/** What belongs to another user, and what ended meanwhile, tells nothing. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
