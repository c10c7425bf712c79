/** Takes images out of an engine as one archive. Where it is written to is the caller's business. */
import { addAbortSignal, pipeline, Transform } from "node:stream";
import type Dockerode from "dockerode";
import { failure, reasonOf, statusOf, throwIfAborted } from "./errors.ts";
import { imageNotFound } from "./images.ts";

/**
 * Streams a docker-archive of the references. The stream fails when the engine breaks off, which it
 * otherwise tells only by an error text at the end of an answer that looks complete.
 * @throws DiagnosticError `image-not-found`; from the stream `save-failed`
 */
export async function saveImages(
  engine: Dockerode,
  references: readonly string[],
  signal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  throwIfAborted(signal);
  const options = { names: [...references], abortSignal: signal };
  try {
    const answer = await (engine as WithGetImages).getImages(options);
    const checked = addAbortSignal(signal, completeTar());
    answer.once("error", (error) => checked.destroy(saveFailed("the connection broke", error)));
    return pipeline(answer, checked, () => undefined);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw imageNotFound(missingOf(reasonOf(error), references), error);
  }
}

/** The type definitions lack it. */
type WithGetImages = Dockerode & {
  getImages(options: object): Promise<NodeJS.ReadableStream>;
};

function missingOf(reason: string, references: readonly string[]): string {
  return references.find((reference) => reason.includes(reference)) ?? references.join("`, `");
}

/** Passes a tar through, and fails at its end unless that is the two zero blocks of a whole one. */
function completeTar(): Transform {
  const trailer = 1024;
  let tail: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      tail = chunk.length >= trailer ? chunk : Buffer.concat([tail, chunk]);
      tail = tail.subarray(-trailer);
      done(null, chunk);
    },
    flush(done) {
      const whole = tail.length === trailer && tail.every((byte) => byte === 0);
      done(whole ? null : brokenOff(tail));
    },
  });
}

function brokenOff(tail: Buffer) {
  const said = /\{"errorDetail":\{"message":("(?:[^"\\]|\\.)*")/.exec(tail.toString("utf8"))?.[1];
  return saveFailed(said ? String(JSON.parse(said)) : "the engine broke off the archive");
}

function saveFailed(why: string, cause?: unknown) {
  return failure("save-failed", "surroundings", `cannot save the images: ${why}`, { cause });
}
