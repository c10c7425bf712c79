/**
 * What a thread does that hashes files. It is started from its own text, so that it is part of any
 * bundle: nothing from outside the function is there when it runs.
 */
import type { Signature } from "./looks.ts";

/** A file that did not change while it was read. */
export interface HashedFile {
  readonly path: string;
  /** sha256 of the content, in hexadecimal. */
  readonly content: string;
  readonly signature: Signature;
  /** Milliseconds since the epoch, from before the reading. */
  readonly startedAt: number;
}

export const workerText = (): string => `(${hashFiles.toString()})()`;

/** Takes lists of paths, and answers each with those of its files that could be read undisturbed. */
function hashFiles(): void {
  const fs = process.getBuiltinModule("node:fs");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const chunk = Buffer.allocUnsafe(1 << 20);

  const signatureOf = (file: number): Signature => {
    const { ino, size, mode, mtimeMs, ctimeMs } = fs.fstatSync(file);
    return [ino, size, mode, mtimeMs, ctimeMs];
  };

  const contentOf = (file: number): string => {
    const hash = createHash("sha256");
    for (;;) {
      const length = fs.readSync(file, chunk, 0, chunk.length, null);
      if (length === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, length));
    }
  };

  const hashFile = (path: string): HashedFile[] => {
    const startedAt = Date.now();
    const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const signature = signatureOf(file);
      const content = contentOf(file);
      const isSame = `${signature}` === `${signatureOf(file)}`;
      return isSame ? [{ path, content, signature, startedAt }] : [];
    } finally {
      fs.closeSync(file);
    }
  };

  parentPort?.on("message", (paths: readonly string[]) => {
    const hashed = paths.flatMap((path) => {
      try {
        return hashFile(path);
      } catch {
        // Whoever asks for its digest meets the same error, and tells it.
        return [];
      }
    });
    parentPort.postMessage(hashed);
  });
}
