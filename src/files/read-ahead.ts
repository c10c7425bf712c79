/** Decides which files are worth hashing on all cores before somebody asks for their digests. */
import { lstatSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { FileToHash } from "./hash-in-parallel.ts";
import type { HashedFile } from "./hash-worker.ts";
import { type Signature, signatureOf, statIfPresent } from "./looks.ts";

/** Milliseconds of work from which threads, that take 30 to start, make it shorter. */
const worthwhile = 60;
const bytesPerMillisecond = 850_000;
const millisecondsPerFile = 0.02;

/**
 * @param isKnown whether the digest of a file that looks like this is known already
 * @returns undefined when there is too little to read
 */
export function readAhead(
  paths: readonly string[],
  isKnown: (path: string, signature: Signature) => boolean,
  signal: AbortSignal,
): Promise<readonly HashedFile[]> | undefined {
  const unread = unreadOf(paths, isKnown);
  const bytes = unread.reduce((sum, { size }) => sum + size, 0);
  if (bytes / bytesPerMillisecond + unread.length * millisecondsPerFile < worthwhile) {
    return undefined;
  }
  return inThreads(unread, signal);
}

function unreadOf(
  paths: readonly string[],
  isKnown: (path: string, signature: Signature) => boolean,
): readonly FileToHash[] {
  return [...new Set(paths)].flatMap((path) => {
    const stats = statIfPresent(path, lstatSync);
    const isUnread = stats?.isFile() === true && !isKnown(path, signatureOf(stats));
    return isUnread ? [{ path, size: stats.size }] : [];
  });
}

/** One that has everything in the digests of earlier runs need not load what makes threads. */
async function inThreads(
  files: readonly FileToHash[],
  signal: AbortSignal,
): Promise<readonly HashedFile[]> {
  const { hashInParallel } = await import("./hash-in-parallel.ts");
  return hashInParallel(files, { count: availableParallelism(), signal });
}
