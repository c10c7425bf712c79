/**
 * One build at a time in a workspace. A lock names its process and when that started, so that one
 * left by a dead process is taken over, even when its number was given to another meanwhile.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export interface LockOwner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, from /proc; empty where there is none. */
  readonly startedAt: string;
  /** The command line, as the user would type it. */
  readonly command: string;
}

export interface Lock {
  /** Whether its last owner ended without giving it back: killed, or by a power cut. */
  readonly takenOver: boolean;
  release(): void;
}

const pollMilliseconds = 50;

/**
 * Takes the lock, waiting for whoever holds it.
 * @param file absolute path of the lock; its folder exists
 * @param onWait called once with the owner, before the first wait
 * @throws the signal's reason when it is aborted while waiting
 */
export async function takeLock(
  file: string,
  command: string,
  onWait: (owner: LockOwner) => void,
  signal: AbortSignal,
): Promise<Lock> {
  const own = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const owner: LockOwner = { pid: process.pid, startedAt: startOf(process.pid) ?? "", command };
  writeFileSync(own, JSON.stringify(owner));
  let told = false;
  let takenOver = false;
  try {
    while (!tryLink(own, file)) {
      const other = readOwner(file);
      if (other === undefined) {
        if (isYoung(file)) continue;
        takenOver = true;
        takeAway(file, isUnreadable);
      } else if (!isAlive(other)) {
        takenOver = true;
        takeAway(file, (found) => found !== undefined && !isAlive(found));
      } else {
        if (!told) onWait(other);
        told = true;
        await wait(pollMilliseconds, undefined, { signal });
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
  return { takenOver, release: () => rmSync(file, { force: true }) };
}

/** A hard link appears with its content or not at all, and fails when somebody was first. */
function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Another process may have done so and locked anew between our look and
 * now, so the file is moved aside first, looked at again, and put back if it is a live one.
 */
function takeAway(file: string, isStale: (owner: LockOwner | undefined) => boolean): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (!isStale(readOwner(aside))) tryLink(aside, file);
  rmSync(aside, { force: true });
}

const isUnreadable = (owner: LockOwner | undefined): boolean => owner === undefined;

/** A file that vanished counts as young: the next try tells. */
function isYoung(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || Date.now() - stats.ctimeMs < 1000;
}

function readOwner(file: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(file, "utf8")) as LockOwner;
    return typeof owner?.pid === "number" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(owner: LockOwner): boolean {
  const started = startOf(owner.pid);
  if (started !== undefined) return owner.startedAt === "" || started === owner.startedAt;
  try {
    process.kill(owner.pid, 0);
    return owner.startedAt === "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); the name in field 2 may hold spaces and brackets. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
