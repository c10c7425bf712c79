/** Writes a stream to a file so that it is on the disk, and not only on its way there. */
import { createWriteStream, type WriteStream } from "node:fs";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { abortError, throwIfAborted } from "../docker/errors.ts";

/**
 * @param stages a source and what it goes through
 * @throws the error of whichever stage failed, or an abort error
 */
export async function writeStream(
  stages: readonly [NodeJS.ReadableStream, ...Duplex[]],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  const sink = createWriteStream(file, { flush: true });
  try {
    await pipeline([...stages, sink] as unknown as NodeJS.ReadWriteStream[], { signal });
  } catch (error) {
    // A file that is still being opened would appear after whoever cleans up has looked.
    await untilClosed(sink);
    if (signal.aborted) throw abortError(signal, error);
    throw error;
  }
}

const untilClosed = (sink: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (sink.closed) resolve();
    else sink.once("close", resolve);
  });
