/**
 * The requests of one upload: its beginning, how far it is, the bytes, its end. In which order they are
 * sent, and when again, is told by `send-blob.ts`.
 */
import type { Readable } from "node:stream";
import type { Digest } from "../model/artifact.ts";
import type { DiagnosticError } from "../model/diagnostic.ts";
import { about } from "./blobs.ts";
import type { RegistryRequest } from "./client.ts";
import type { Answer } from "./exchange.ts";
import type { Place } from "./place.ts";
import { otherBytes } from "./problems.ts";
import { locationOf } from "./redirects.ts";
import { Transient } from "./retry.ts";
import { untilLater } from "./until-later.ts";

/** Milliseconds that an interruption waits for uploads that are about to begin. */
const beginGrace = 500;

/** Begins an upload. @param query says what it is for, such as a blob to take over; may be empty */
export function beginRequest(place: Place, query: string): RegistryRequest {
  return {
    ...about(place, "begin an upload"),
    method: "POST",
    to: `${place.repository}/blobs/uploads/${query}`,
    headers: { "content-length": "0" },
  };
}

/** An interruption waits for the answer: without it nobody knows which upload is to be abandoned. */
export async function beginUpload(place: Place, request: RegistryRequest): Promise<Answer> {
  place.signal.throwIfAborted();
  const later = untilLater(place.signal, beginGrace);
  try {
    return await place.client.sendOnce({ ...request, signal: later.signal });
  } finally {
    later.end();
  }
}

export interface Offset {
  /** Bytes that are there. */
  readonly bytes: number;
  /** Where to go on; undefined where the upload starts anew. */
  readonly at: URL | undefined;
}

/** How much of an upload the registry has; it starts anew where the registry cannot tell. */
export async function offsetOf(place: Place, to: URL): Promise<Offset> {
  const answer = await place.client.sendOnce({
    ...about(place, "ask how much of an upload is there"),
    method: "GET",
    to,
  });
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? "")?.[1];
  // `0-0` stands for one byte and for none.
  if (answer.status !== 204 || last === undefined || last === "0") {
    return { bytes: 0, at: undefined };
  }
  return { bytes: Number(last) + 1, at: locationOf(answer) ?? to };
}

export interface Rest {
  readonly digest: Digest;
  /** Bytes of the whole blob. */
  readonly size: number;
  /** Bytes of it that the registry has. */
  readonly offset: number;
  readonly open: () => Readable;
  readonly onProgress: (done: number) => void;
}

/**
 * @returns where the upload ends
 * @throws Transient where it may go on, DiagnosticError where the registry refuses
 */
export async function sendRest(place: Place, rest: Rest, to: URL): Promise<URL> {
  const { digest, size, offset, open, onProgress } = rest;
  const request: RegistryRequest = {
    ...about(place, `send \`${digest}\``),
    method: "PATCH",
    to,
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `${offset}-${size - 1}`,
    },
    body: { size: size - offset, open, onProgress: (done) => onProgress(offset + done) },
  };
  const answer = await place.client.sendOnce(request);
  // The registry has another part than it said: the next try begins anew.
  if (answer.status === 416 || answer.status === 404) {
    throw new Transient(place.client.refused(answer, request) as DiagnosticError);
  }
  return locationAfter(place, answer, request, 202);
}

/**
 * The last request, with the whole blob where nothing of it is there yet.
 * @throws Transient where it may go on, DiagnosticError where the registry refuses or took other bytes for it
 */
export async function finish(
  place: Place,
  digest: Digest,
  to: URL,
  body?: RegistryRequest["body"],
): Promise<void> {
  const url = new URL(to);
  url.searchParams.set("digest", digest);
  const request: RegistryRequest = {
    ...about(place, `send \`${digest}\``),
    method: "PUT",
    to: url,
    headers: { "content-type": "application/octet-stream", "content-length": "0" },
    ...(body && { body }),
  };
  const answer = await place.client.sendOnce(request);
  if (answer.status === 404 || answer.status === 416) {
    throw new Transient(place.client.refused(answer, request) as DiagnosticError);
  }
  if (answer.status !== 201) throw place.client.refused(answer, request);
  checkDigest(place, answer, digest);
}

/**
 * Where to go on: the registry says it with each answer, and it may be another host.
 * @param status the one that means success
 * @throws DiagnosticError for any other status, and for an answer without a place
 */
export function locationAfter(
  { client }: Place,
  answer: Answer,
  request: RegistryRequest,
  status: number,
): URL {
  const location = locationOf(answer);
  if (answer.status !== status || location === undefined) throw client.refused(answer, request);
  return location;
}

/** A registry that tells another digest has other bytes. */
function checkDigest({ client }: Place, { headers }: Answer, digest: Digest): void {
  const told = headers["docker-content-digest"];
  if (told === undefined || told === digest) return;
  throw otherBytes(client.host, "", [digest, String(told)]);
}
