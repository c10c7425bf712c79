/** Which runs are kept, by number, age and size, and the removal of the others with their files. */
import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { ServerConfig } from "../records/config.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { Run } from "../records/run.ts";
import type { RunList } from "./run-list.ts";

/**
 * Those that go, the oldest first. What is queued or runs stays, and so does the newest that ended of each
 * branch: by it people see how the branch is, and the server what it has built.
 * @param runs the oldest first
 * @internal exported for its test
 */
export function chooseRemoved(
  runs: readonly Run[],
  keep: ServerConfig["keep"],
  { now, sizeOf }: { readonly now: number; readonly sizeOf: (run: Run) => number },
): readonly Run[] {
  // Ten thousand runs are looked through after each one that ends: nothing is made of those that stay.
  const newest = new Map<string, Set<string>>();
  const oldest = new Date(Math.max(0, now - keep.for * 1000)).toISOString();
  const removed: Run[] = [];
  let count = 0;
  let bytes = 0;
  for (let at = runs.length - 1; at >= 0; at--) {
    const run = runs[at] as Run;
    const size = sizeOf(run);
    count++;
    bytes += size;
    if (run.finishedAt === undefined) continue;
    const isNewest = isFirstOf(run, newest);
    const isYoung = run.finishedAt >= oldest;
    if (isNewest || (count <= keep.runs && bytes <= keep.size && isYoung)) continue;
    removed.push(run);
    count--;
    bytes -= size;
  }
  return removed.reverse();
}

/** @param seen branches by repository, those of this run among them afterwards */
function isFirstOf({ repository, branch, state }: Run, seen: Map<string, Set<string>>): boolean {
  const branches = seen.get(repository);
  const isFirst = branches?.has(branch) !== true;
  // One that was replaced says nothing of how the branch is.
  if (state === "replaced" || !isFirst) return isFirst;
  if (branches) branches.add(branch);
  else seen.set(repository, new Set([branch]));
  return true;
}

export class Retention {
  readonly #folder: DataFolder;
  readonly #runs: RunList;
  /** Bytes of runs that ended: they stay the same. */
  readonly #sizes = new Map<string, number>();

  constructor(folder: DataFolder, runs: RunList) {
    this.#folder = folder;
    this.#runs = runs;
  }

  /** What cannot be removed now is found the next time. */
  apply(keep: ServerConfig["keep"], now: number): void {
    try {
      this.#remove(keep, now);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    }
  }

  #remove(keep: ServerConfig["keep"], now: number): void {
    const removed = chooseRemoved(this.#runs.all(), keep, {
      now,
      sizeOf: (run) => this.#sizeOf(run),
    });
    for (const { id } of removed) {
      rmSync(this.#folder.run(id), { recursive: true, force: true });
      this.#sizes.delete(id);
    }
    this.#runs.remove(removed.map(({ id }) => id));
  }

  #sizeOf({ id, finishedAt }: Run): number {
    const known = this.#sizes.get(id);
    if (known !== undefined) return known;
    if (finishedAt === undefined) return 0;
    const size = sizeBelow(this.#folder.run(id));
    this.#sizes.set(id, size);
    return size;
  }
}

function sizeBelow(folder: string): number {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return 0;
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    sum += entry.isDirectory() ? sizeBelow(place) : statSync(place).size;
  }
  return sum;
}
