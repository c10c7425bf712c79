/** Tells whether anybody of a process group still runs. Ending the group is left to `process-group.ts`. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Who is dead and not yet fetched by its parent runs no more, though it takes signals: in a container the
 * first process may take seconds for that. Where the system lists no processes, who takes signals counts as alive.
 * @param pid of the leader, which may be gone
 */
export function isGroupAlive(pid: number | undefined): boolean {
  if (pid === undefined || !takesSignals(pid)) return false;
  const processes = list("/proc").filter((name) => /^\d+$/.test(name));
  return processes.length === 0 || processes.some((name) => isLiveMember(name, pid));
}

function takesSignals(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @see proc_pid_stat(5): after the name in parentheses, which may hold anything, state, parent and group */
function isLiveMember(name: string, group: number): boolean {
  const [, state, leader] = /\) (\S) \d+ (\d+) [^)]*$/.exec(statOf(name)) ?? [];
  return leader === String(group) && state !== "Z" && state !== "X";
}

function statOf(name: string): string {
  try {
    return readFileSync(`/proc/${name}/stat`, "utf8");
  } catch {
    return "";
  }
}
