/**
 * Builds one image with BuildKit, through the engine's `POST /build`. Packing the context, reading
 * the progress, answering the engine's questions and wording failures are left to files of their own.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type Dockerode from "dockerode";
import type { Digest } from "../model/artifact.ts";
import { buildFailed, callFailed } from "./build-failure.ts";
import { type BuildOutcome, followBuild } from "./build-progress.ts";
import type { CallParts } from "./call-parts.ts";
import { addressOf, dial } from "./dial.ts";
import type { BuildRequest } from "./docker.ts";
import { throwIfAborted } from "./errors.ts";
import { packFiles } from "./pack-context.ts";
import { openSession, type Session } from "./session.ts";

/** Milliseconds that an interrupted build gets to end in the engine before the connection is cut. */
const cancelPatience = 500;

/**
 * Builds an image; the engine must be able to reach the base images and hold the ones made here.
 *
 * Build arguments are part of the image's history, but for the predefined `HTTP_PROXY`,
 * `HTTPS_PROXY`, `FTP_PROXY`, `NO_PROXY` and `ALL_PROXY` in either case: a Dockerfile may use these
 * without `ARG`, and as long as it has no `ARG` for them they reach neither the image, nor its
 * history, nor the key of the build cache. So a caller may pass the user's proxy on each build.
 * Values of `request.secrets` reach only `RUN --mount=type=secret`.
 *
 * A step may be silent for hours: no timeout is set here, and none may be set on `engine`.
 *
 * @returns the image ID
 * @throws DiagnosticError `build-failed` or `file-changed` and `file-unreadable` (blame target),
 *   `engine-unreachable`, `registry-unreachable` or `engine-disk-full` (blame surroundings); an `AbortError` within a second
 *   of `signal`, after the engine was told to stop
 */
export async function buildImage(
  engine: Dockerode,
  request: BuildRequest,
  { credentials, progress, signal }: CallParts,
): Promise<Digest> {
  throwIfAborted(signal);
  const buildId = randomUUID();
  const context = packFiles(request.context, { root: true });
  const cancel = cancelOnAbort(engine, buildId, context, signal);
  let session: Session | undefined;
  try {
    const services = { credentials, secrets: request.secrets };
    session = await openSession(engine, services, cancel.connection);
    const query = { ...queryOf(request), buildid: buildId, session: session.id };
    const response = await startBuild(engine, query, context, cancel.connection);
    const outcome = await followBuild(response, progress);
    return await imageIdOf(engine, request, outcome);
  } catch (error) {
    throwIfAborted(signal);
    // A context that cannot be packed ends the request: that file is the cause, not the connection.
    throw callFailed(request.tags[0], addressOf(engine), context.errored ?? error);
  } finally {
    cancel.release();
    context.destroy();
    session?.close();
  }
}

/** Parameters of https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageBuild */
function queryOf(request: BuildRequest): Record<string, unknown> {
  return {
    version: "2", // BuildKit; the number 2 would be taken for something else
    dockerfile: request.dockerfile,
    t: request.tags,
    labels: request.labels,
    buildargs: request.args,
    extrahosts: request.extraHosts,
    ...(request.stage === undefined ? {} : { target: request.stage }),
    ...(request.network === undefined ? {} : { networkmode: request.network }),
    ...(request.platform === undefined ? {} : { platform: request.platform }),
    ...(request.noCache ? { nocache: "1" } : {}),
  };
}

async function startBuild(
  engine: Dockerode,
  query: Readonly<Record<string, unknown>>,
  context: Readable,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const response = await dial(engine, {
    path: "/build?",
    method: "POST",
    options: query,
    file: context,
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true },
  });
  return response as IncomingMessage;
}

async function imageIdOf(
  engine: Dockerode,
  request: BuildRequest,
  outcome: BuildOutcome,
): Promise<Digest> {
  const [tag] = request.tags;
  if (outcome.error !== undefined) throw buildFailed(tag, outcome);
  if (outcome.imageId !== undefined) return outcome.imageId;
  if (tag === undefined) throw buildFailed(tag, outcome);
  return (await engine.getImage(tag).inspect()).Id as Digest;
}

interface Cancellation {
  /** Aborts when the connections of the build are to be cut. */
  readonly connection: AbortSignal;
  release(): void;
}

/**
 * On abort tells the engine to cancel the build, and gives it a moment to end the response by
 * itself: then nothing of the build runs any more when the caller goes on. The engine says nothing
 * before it has read the whole context, so while that is being sent the connection is cut at once.
 */
function cancelOnAbort(
  engine: Dockerode,
  buildId: string,
  context: Readable,
  signal: AbortSignal,
): Cancellation {
  const connection = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    void askToCancel(engine, buildId);
    if (context.readableEnded) timer = setTimeout(() => connection.abort(), cancelPatience);
    else connection.abort();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const release = () => {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
  return { connection: connection.signal, release };
}

async function askToCancel(engine: Dockerode, buildId: string): Promise<void> {
  const patience = AbortSignal.timeout(cancelPatience);
  await dial(engine, {
    path: "/build/cancel?",
    method: "POST",
    options: { id: buildId },
    abortSignal: patience,
    statusCodes: { 200: true, 204: true },
  }).catch(() => {}); // Cutting the connection cancels as well.
}
