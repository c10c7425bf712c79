/**
 * Sends one blob, small ones in one request; after a break it goes on where the registry has it to.
 * The requests are worded in `upload.ts`.
 */
import type { Digest } from "../model/artifact.ts";
import type { BlobSource, Descriptor } from "../model/image-content.ts";
import { abandonUploads } from "./abandon-uploads.ts";
import { about } from "./blobs.ts";
import { checked, readAll, unreadable } from "./checked-source.ts";
import type { RegistryClient } from "./client.ts";
import { SourceError } from "./exchange.ts";
import type { Place } from "./place.ts";
import {
  beginRequest,
  beginUpload,
  finish,
  locationAfter,
  offsetOf,
  type Rest,
  sendRest,
} from "./upload.ts";

/** Bytes up to which a blob is read as a whole and sent in one request, where the registry takes that. */
const smallBlob = 1 << 20;

export interface Upload {
  readonly blob: Descriptor;
  readonly source: BlobSource;
  /** Where an upload was begun already. */
  readonly begun?: URL | undefined;
  /** Told how many bytes of it are there. */
  readonly onProgress: (done: number) => void;
}

/**
 * Sends a blob; after a break it goes on where the registry has it to, or from the start.
 * @throws DiagnosticError where the registry cannot be reached or refuses, and where the source cannot be read
 */
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
  const offset = state.isResumed ? await goOn(place, state) : 0;
  if (state.at === undefined) {
    const begin = beginRequest(place, "");
    state.at = locationAfter(place, await beginUpload(place, begin), begin, 202);
  }
  state.isResumed = true;
  if (offset < blob.size) {
    state.at = await sendRest(place, restOf(upload, offset), state.at);
  }
  await finish(place, blob.digest, state.at);
}

/** Bytes that are there of an upload that broke off. */
async function goOn(place: Place, state: UploadState): Promise<number> {
  const to = state.at;
  if (to === undefined) return 0;
  const { bytes, at } = await offsetOf(place, to);
  if (at === undefined) dropUpload(state);
  else state.at = at;
  return bytes;
}

const restOf = ({ blob, source, onProgress }: Upload, offset: number): Rest => ({
  digest: blob.digest,
  size: blob.size,
  offset,
  open: () =>
    offset === 0 ? checked(source.open(blob.digest), blob) : source.open(blob.digest, offset),
  onProgress,
});
