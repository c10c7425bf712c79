/**
 * Puts blobs into a repository: asks whether they are there, takes them over from another
 * repository, or sends them. Which are sent, and from where they are read, is told by the caller.
 */
import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import type { Digest } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { BlobSource, Descriptor } from "../model/image-content.ts";
import { abandonUploads } from "./abandon-uploads.ts";
import type { RegistryClient, RegistryRequest } from "./client.ts";
import { type Answer, SourceError } from "./exchange.ts";
import type { Place } from "./place.ts";
import { problem } from "./problems.ts";
import { Transient } from "./retry.ts";
import { untilLater } from "./until-later.ts";

export type { Place };

/** Bytes up to which a blob is read as a whole and sent in one request, where the registry takes that. */
const smallBlob = 1 << 20;

/** Milliseconds that an interruption waits for uploads that are about to begin. */
const beginGrace = 500;

export async function hasBlob(place: Place, digest: Digest): Promise<boolean> {
  const request = {
    ...about(place, `look for \`${digest}\``),
    method: "HEAD",
    to: `${place.repository}/blobs/${digest}`,
    scopes: [pullAndPush(place.repository)],
  };
  const answer = await place.client.send(request);
  if (answer.status === 200) return true;
  if (answer.status === 404) return false;
  throw place.client.refused(answer, request);
}

/**
 * Takes a blob over from another repository of the registry.
 * @returns `sent` false where the registry does not, with the place of the upload that it began instead
 */
export async function mountBlob(
  place: Place,
  digest: Digest,
  from: string,
): Promise<{ readonly mounted: true } | { readonly mounted: false; readonly upload?: URL }> {
  const query = new URLSearchParams({ mount: digest, from });
  const request = {
    ...about(place, `take \`${digest}\` over from \`${from}\``),
    method: "POST",
    to: `${place.repository}/blobs/uploads/?${query}`,
    scopes: [pullAndPush(place.repository), `repository:${from}:pull`],
    headers: { "content-length": "0" },
  };
  const answer = await place.client.send(request);
  if (answer.status === 201) return { mounted: true };
  // Whoever may not read there, or may not mount, sends it.
  const upload = answer.status === 202 ? place.client.locationOf(answer) : undefined;
  return { mounted: false, ...(upload && { upload }) };
}

export interface Upload {
  readonly blob: Descriptor;
  readonly source: BlobSource;
  /** Where an upload was begun already. */
  readonly begun?: URL | undefined;
  /** Told how many bytes of it are there. */
  readonly onProgress: (done: number) => void;
}

/** Sends a blob; after a break it goes on where the registry has it to, or from the start. */
export async function sendBlob(place: Place, upload: Upload): Promise<void> {
  const state: UploadState = { at: upload.begun, mayBeHere: false, dropped: [] };
  try {
    await place.client.retry(place.signal, async () => {
      if (state.mayBeHere && (await isHere(place, upload.blob.digest))) return dropUpload(state);
      state.mayBeHere = true;
      if (upload.blob.size <= smallBlob) await sendSmall(place, upload, state);
      else await sendLarge(place, upload, state);
    });
    state.at = undefined;
  } catch (error) {
    throw error instanceof SourceError ? unreadable(upload.blob.digest, error) : error;
  } finally {
    dropUpload(state);
    await abandonUploads(place, state.dropped);
  }
  upload.onProgress(upload.blob.size);
}

interface UploadState {
  /** Where the registry said to go on. */
  at: URL | undefined;
  /** Whether an answer was lost, so that the whole blob may have arrived. */
  mayBeHere: boolean;
  /** Whether the place is from an earlier try, so that bytes may be there. */
  isResumed?: boolean;
  /** Places of uploads that are not gone on with. */
  readonly dropped: URL[];
}

/** The next try begins an upload of its own. */
function dropUpload(state: UploadState): void {
  if (state.at !== undefined) state.dropped.push(state.at);
  state.at = undefined;
}

async function isHere(place: Place, digest: Digest): Promise<boolean> {
  const answer = await place.client.sendOnce({
    ...about(place, `look for \`${digest}\``),
    method: "HEAD",
    to: `${place.repository}/blobs/${digest}`,
    scopes: [pullAndPush(place.repository)],
  });
  return answer.status === 200;
}

/** Registries that take no blob with the first request, by client. */
const wantTwoRequests = new WeakSet<RegistryClient>();

async function sendSmall(place: Place, { blob, source }: Upload, state: UploadState) {
  const bytes = await readAll(source, blob);
  const body = { size: bytes.length, open: () => bytes };
  // What an earlier try left there is in no known state.
  if (state.isResumed) dropUpload(state);
  if (state.at === undefined) {
    const isOne = !wantTwoRequests.has(place.client);
    const begin = beginRequest(place, isOne ? `?digest=${encodeURIComponent(blob.digest)}` : "");
    const headers = { "content-type": "application/octet-stream" };
    const answer = await beginUpload(place, isOne ? { ...begin, headers, body } : begin);
    if (answer.status === 201 && isOne) return;
    if (isOne && answer.status >= 400 && answer.status !== 401 && answer.status !== 403) {
      wantTwoRequests.add(place.client);
      return sendSmall(place, { blob, source, onProgress: () => undefined }, state);
    }
    if (isOne && answer.status === 202) wantTwoRequests.add(place.client);
    state.at = locationAfter(place, answer, begin, 202);
  }
  state.isResumed = true;
  await finish(place, blob.digest, state.at, body);
}

async function sendLarge(place: Place, upload: Upload, state: UploadState): Promise<void> {
  const { blob } = upload;
  const offset = state.isResumed ? await offsetOf(place, state) : 0;
  if (state.at === undefined) {
    const begin = beginRequest(place, "");
    state.at = locationAfter(place, await beginUpload(place, begin), begin, 202);
  }
  state.isResumed = true;
  if (offset < blob.size) state.at = await sendRest(place, upload, state.at, offset);
  await finish(place, blob.digest, state.at);
}

/** How much of an upload the registry has; it starts anew where the registry cannot tell. */
async function offsetOf(place: Place, state: UploadState): Promise<number> {
  const to = state.at;
  if (to === undefined) return 0;
  const answer = await place.client.sendOnce({
    ...about(place, "ask how much of an upload is there"),
    method: "GET",
    to,
  });
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? "")?.[1];
  // `0-0` stands for one byte and for none.
  if (answer.status !== 204 || last === undefined || last === "0") {
    dropUpload(state);
    return 0;
  }
  state.at = place.client.locationOf(answer) ?? to;
  return Number(last) + 1;
}

async function sendRest(
  place: Place,
  { blob, source, onProgress }: Upload,
  to: URL,
  offset: number,
): Promise<URL> {
  const size = blob.size - offset;
  const request: RegistryRequest = {
    ...about(place, `send \`${blob.digest}\``),
    method: "PATCH",
    to,
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `${offset}-${blob.size - 1}`,
    },
    body: {
      size,
      open: () =>
        offset === 0 ? checked(source.open(blob.digest), blob) : source.open(blob.digest, offset),
      onProgress: (done) => onProgress(offset + done),
    },
  };
  const answer = await place.client.sendOnce(request);
  // The registry has another part than it said: the next try begins anew.
  if (answer.status === 416 || answer.status === 404) {
    throw new Transient(place.client.refused(answer, request) as DiagnosticError);
  }
  return locationAfter(place, answer, request, 202);
}

/** The last request, with the whole blob where nothing of it is there yet. */
async function finish(
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

/** An interruption waits for the answer: without it nobody knows which upload is to be abandoned. */
async function beginUpload(place: Place, request: RegistryRequest): Promise<Answer> {
  place.signal.throwIfAborted();
  const later = untilLater(place.signal, beginGrace);
  try {
    return await place.client.sendOnce({ ...request, signal: later.signal });
  } finally {
    later.end();
  }
}

function beginRequest(place: Place, query: string): RegistryRequest {
  return {
    ...about(place, "begin an upload"),
    method: "POST",
    to: `${place.repository}/blobs/uploads/${query}`,
    headers: { "content-length": "0" },
  };
}

function about({ repository, client, signal }: Place, what: string) {
  const doing = `${what} in \`${client.host}/${repository}\``;
  return { repository, doing, signal, scopes: [pullAndPush(repository)] };
}

const pullAndPush = (repository: string): string => `repository:${repository}:pull,push`;

function locationAfter(
  { client }: Place,
  answer: Answer,
  request: RegistryRequest,
  status: number,
): URL {
  const location = client.locationOf(answer);
  if (answer.status !== status || location === undefined) throw client.refused(answer, request);
  return location;
}

/** A registry that tells another digest has other bytes. */
function checkDigest({ client }: Place, { headers }: Answer, digest: Digest): void {
  const told = headers["docker-content-digest"];
  if (told === undefined || told === digest) return;
  throw problem({
    code: "registry-refused",
    message: `${client.host} took \`${digest}\` for \`${told}\``,
    hint: "try again; something between here and there changes what is sent",
  });
}

async function readAll(source: BlobSource, blob: Descriptor): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of checked(source.open(blob.digest), blob)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new SourceError((error as Error).message, { cause: error });
  }
  return Buffer.concat(chunks);
}

/** Bytes that are not what their digest says are never sent to the end. */
function checked(source: Readable, { digest }: Descriptor): Readable {
  const hash = createHash("sha256");
  const check = new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk);
      next(null, chunk);
    },
    flush(next) {
      const found = `sha256:${hash.digest("hex")}`;
      next(found === digest ? null : new Error(`its digest is \`${found}\``));
    },
  });
  source.once("error", (error) => check.destroy(error));
  check.once("close", () => source.destroy());
  return source.pipe(check);
}

function unreadable(digest: Digest, { message, cause }: SourceError): DiagnosticError {
  return new DiagnosticError(
    {
      code: "blob-unreadable",
      blame: "surroundings",
      message: `cannot read \`${digest}\`: ${message}`,
      hint: "make the image again with `--force`",
    },
    { cause },
  );
}
