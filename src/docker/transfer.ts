/** Pulls and pushes images through an engine. What a failure means is told by `transfer-errors.ts`. */
import type Dockerode from "dockerode";
import type { Digest } from "../model/artifact.ts";
import type { CredentialLookup } from "../model/credentials.ts";
import type { CallParts } from "./call-parts.ts";
import type { ProgressSink } from "./docker.ts";
import { reasonOf, statusOf, throwIfAborted } from "./errors.ts";
import { imageId, imageNotFound } from "./images.ts";
import { decodeJsonLines } from "./json-lines.ts";
import { registryOf, splitReference } from "./reference-parts.ts";
import { type Transfer, transferError } from "./transfer-errors.ts";

/**
 * Pulls one tag or digest.
 * @returns the image ID
 * @throws DiagnosticError as `transferError` tells
 */
export async function pullImage(
  engine: Dockerode,
  reference: string,
  { credentials, progress, signal }: CallParts,
): Promise<Digest> {
  const { name, tag } = splitReference(reference);
  const transfer = await beginTransfer("pull", reference, credentials, signal);
  // dockerode deletes what it should not send from the options, so they are made for one request.
  const options = { fromImage: name, tag, authconfig: transfer.auth, abortSignal: signal };
  await follow(transfer, progress, () => engine.createImage(options));
  const id = await imageId(engine, tag.includes(":") ? `${name}@${tag}` : `${name}:${tag}`);
  if (id === undefined) throw imageNotFound(reference);
  return id;
}

/**
 * Pushes one tag.
 * @returns the manifest digest that the registry holds now
 * @throws DiagnosticError as `transferError` tells
 */
export async function pushImage(
  engine: Dockerode,
  reference: string,
  { credentials, progress, signal }: CallParts,
): Promise<Digest> {
  const { name, tag } = splitReference(reference);
  const transfer = await beginTransfer("push", reference, credentials, signal);
  const options = { tag, authconfig: transfer.auth, abortSignal: signal };
  const push = () => engine.getImage(name).push(options as unknown as Dockerode.ImagePushOptions);
  const digest = await follow(transfer, progress, push);
  if (digest === undefined) throw transferError(transfer, "the registry reported no digest");
  return digest;
}

interface AuthConfig {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

async function beginTransfer(
  action: "pull" | "push",
  reference: string,
  credentials: CredentialLookup,
  signal: AbortSignal,
): Promise<Transfer & { readonly auth: AuthConfig }> {
  throwIfAborted(signal);
  const host = registryOf(reference);
  const found = await credentials(host);
  throwIfAborted(signal);
  return { action, reference, host, auth: authOf(host, found), loggedIn: found !== undefined };
}

/** An empty object still makes the header, which engines since 28.3 ask for. */
function authOf(host: string, found: Awaited<ReturnType<CredentialLookup>>): AuthConfig {
  if (found === undefined) return {};
  if ("identityToken" in found) return { identitytoken: found.identityToken, serveraddress: host };
  return { ...found, serveraddress: host };
}

/** @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImagePush */
interface TransferLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly Digest?: string };
}

/** Shows the progress to its end. @returns the digest that a push reports */
async function follow(
  transfer: Transfer,
  progress: ProgressSink,
  start: () => Promise<NodeJS.ReadableStream>,
): Promise<Digest | undefined> {
  let digest: string | undefined;
  try {
    const answer = (await start()) as unknown as AsyncIterable<Buffer>;
    for await (const value of decodeJsonLines(answer)) {
      const line = value as TransferLine;
      const problem = line.errorDetail?.message ?? line.error;
      if (problem !== undefined) throw transferError(transfer, problem);
      show(line, progress);
      digest = line.aux?.Digest ?? digest;
    }
  } catch (error) {
    throw statusOf(error) === undefined ? error : transferError(transfer, reasonOf(error), error);
  }
  return digest as Digest | undefined;
}

function show({ id, status, progressDetail }: TransferLine, progress: ProgressSink): void {
  const done = progressDetail?.current;
  if (id !== undefined && done !== undefined) {
    // `Extracting` counts the same bytes once more.
    if (status !== "Extracting") progress.transfer?.(id, done, progressDetail?.total);
  } else if (id === undefined && status !== undefined) {
    progress.output(status);
  }
}
