/** Puts images into an engine from an archive. That it is whole and right is seen to by the caller. */
import type { Readable } from "node:stream";
import type Dockerode from "dockerode";
import { failure, reasonOf, statusOf, throwIfAborted } from "./errors.ts";
import { decodeJsonLines } from "./json-lines.ts";

/** @throws DiagnosticError `load-failed`, or what the archive itself failed with */
export async function loadImages(
  engine: Dockerode,
  archive: Readable,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  const broken = new Promise<never>((_, reject) => archive.once("error", reject));
  broken.catch(() => undefined);
  try {
    await Promise.race([send(engine, archive, signal), broken]);
  } finally {
    archive.destroy();
  }
}

async function send(engine: Dockerode, archive: Readable, signal: AbortSignal): Promise<void> {
  try {
    const options = { quiet: true, abortSignal: signal };
    const answer = await engine.loadImage(archive, options);
    for await (const line of decodeJsonLines(answer as unknown as AsyncIterable<Buffer>)) {
      const { error } = line as { error?: string };
      if (error !== undefined) throw loadFailed(error);
    }
  } catch (error) {
    throw statusOf(error) === undefined ? error : loadFailed(reasonOf(error), error);
  }
}

const loadFailed = (why: string, cause?: unknown) =>
  failure("load-failed", "surroundings", `cannot load the images: ${why}`, { cause });
