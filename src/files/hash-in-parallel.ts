/**
 * Hashes files on all cores, in threads that end with it. Of a file it holds no more than a piece in
 * memory. What a thread cannot do, because a file changes or cannot be read, is left to the caller.
 */
import { Worker } from "node:worker_threads";
import { type HashedFile, workerText } from "./hash-worker.ts";

export interface FileToHash {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface Threads {
  readonly count: number;
  readonly signal: AbortSignal;
  /** Text of what each of them does. */
  readonly text?: string;
}

/** A thread gets so much at once: little enough that all end at about the same time. */
const batchBytes = 4 << 20;
const batchFiles = 256;

/**
 * @returns the files that were read undisturbed, not necessarily all
 * @throws the reason of `signal` once it is aborted; the threads end at once
 */
export async function hashInParallel(
  files: readonly FileToHash[],
  { count, signal, text = workerText() }: Threads,
): Promise<readonly HashedFile[]> {
  const batches = batchesOf(files);
  const found: HashedFile[] = [];
  const workers = Array.from(
    { length: Math.min(count, batches.length) },
    () => new Worker(text, { eval: true, env: {} }),
  );
  const end = (): void => {
    for (const worker of workers) void worker.terminate();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    await Promise.all(workers.map((worker) => feed(worker, batches, found)));
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
  signal.throwIfAborted();
  return found;
}

/** The largest first, so that none of them is alone at the end. */
function batchesOf(files: readonly FileToHash[]): string[][] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { path, size } of [...files].sort((a, b) => b.size - a.size)) {
    const last = batches.at(-1);
    if (last && bytes + size <= batchBytes && last.length < batchFiles) {
      last.push(path);
      bytes += size;
    } else {
      batches.push([path]);
      bytes = size;
    }
  }
  return batches.reverse();
}

/** Until nothing is left, or the thread is gone: what it had in hand is not hashed then. */
function feed(worker: Worker, batches: string[][], found: HashedFile[]): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      const batch = batches.pop();
      if (batch === undefined) resolve();
      else worker.postMessage(batch);
    };
    worker.on("message", (hashed: readonly HashedFile[]) => {
      for (const file of hashed) found.push(file);
      next();
    });
    worker.on("error", () => resolve());
    worker.on("exit", () => resolve());
    next();
  });
}
