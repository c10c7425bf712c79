/** Sends a log, or a part of it, straight from the disk: however large it is, little of it is in memory. */
import { type FileHandle, open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { LogPlace } from "../../core.ts";
import { readRange } from "./range.ts";

/** @returns when it is sent, or when the reader has gone */
export async function sendLog(
  request: IncomingMessage,
  response: ServerResponse,
  place: LogPlace,
): Promise<void> {
  const file = await open(place.path, "r");
  try {
    await sendFile(file, place, request, response);
  } finally {
    await file.close();
  }
}

async function sendFile(
  file: FileHandle,
  { isGrowing }: LogPlace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size, mtimeMs } = await file.stat();
  // What grows is another text each time, so only a log that has ended can be known again.
  const etag = isGrowing ? undefined : `"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("accept-ranges", "bytes");
  if (etag !== undefined) {
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "private, no-cache");
    if (namesTag(request.headers["if-none-match"], etag)) return endWith(response, 304);
  }
  const range = readRange(wantedRange(request, etag), size);
  if (range.kind === "outside") {
    response.setHeader("content-range", `bytes */${size}`);
    return endWith(response, 416);
  }
  const { first, last } = range.kind === "part" ? range : { first: 0, last: size - 1 };
  if (range.kind === "part") response.setHeader("content-range", `bytes ${first}-${last}/${size}`);
  response.setHeader("content-length", last - first + 1);
  response.statusCode = range.kind === "part" ? 206 : 200;
  if (request.method === "HEAD" || last < first) return endWith(response, response.statusCode);
  await pipeUntilGone(file, { first, last }, response);
}

/** `if-range` names what the reader has the beginning of: of anything else it needs all. */
function wantedRange({ headers }: IncomingMessage, etag: string | undefined): string | undefined {
  const condition = headers["if-range"];
  return condition === undefined || condition === etag ? headers.range : undefined;
}

export const namesTag = (header: string | undefined, etag: string): boolean =>
  (header ?? "").split(",").some((each) => bare(each) === etag);

const bare = (tag: string): string => tag.trim().replace(/^W\//, "");

function endWith(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

async function pipeUntilGone(
  file: FileHandle,
  { first, last }: { first: number; last: number },
  response: ServerResponse,
): Promise<void> {
  const stream = file.createReadStream({ start: first, end: last, autoClose: false });
  try {
    await pipeline(stream, response);
  } catch (error) {
    // Who reads may go at any time; what cannot be read any more ends the connection, as no status can tell it.
    if (!response.destroyed) response.destroy(error as Error);
  }
}
