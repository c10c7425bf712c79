/**
 * A BuildKit session: the connection over which the engine asks this side for credentials and
 * secrets while it builds. Knows nothing of the build itself; where credentials come from is left
 * to `credentials.ts`.
 *
 * The engine is the gRPC client and this side the server, HTTP/2 over the connection that
 * `POST /session` was made on. Protocol: `session/` of github.com/moby/buildkit.
 */
import { randomUUID } from "node:crypto";
import { performServerHandshake, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type Dockerode from "dockerode";
import type { CredentialLookup } from "../model/credentials.ts";
import { dial } from "./dial.ts";
import { bytesField, numberField, readFields, text } from "./protobuf.ts";

export interface SessionServices {
  readonly credentials: CredentialLookup;
  /** By the id that the Dockerfile uses. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

export interface Session {
  /** For the parameter `session` of `POST /build`. */
  readonly id: string;
  /** Ends the connection. To be called on every path: an open one keeps the process alive. */
  close(): void;
}

/**
 * Opens a session. A build cannot use a secret, nor credentials for its base images, without one.
 * @throws what `dial` throws, also on abort
 */
export async function openSession(
  engine: Dockerode,
  services: SessionServices,
  signal: AbortSignal,
): Promise<Session> {
  const id = randomUUID();
  const methods = methodsOf(services);
  const socket = await connect(engine, id, [...methods.keys()], signal);
  // Errors of the connection show in the build that uses it; unheard they would end the process.
  socket.on("error", () => {});
  const http2 = performServerHandshake(socket);
  http2.on("error", () => {});
  http2.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    void answer(stream, methods.get(headers[":path"] ?? ""));
  });
  // Node reads what is already there in its next tick, and throws where nobody can catch when the
  // session was destroyed before.
  await setImmediate();
  const close = () => {
    http2.destroy();
    socket.destroy();
  };
  return { id, close };
}

/**
 * The one place that knows how a session's connection is made. API 1.53 deprecates `/session` for
 * gRPC on the engine's socket itself (HTTP/2 with prior knowledge, method
 * `moby.buildkit.v1.Control/Session`): that way belongs here, once an engine without `/session` exists.
 */
async function connect(
  engine: Dockerode,
  id: string,
  methods: readonly string[],
  signal: AbortSignal,
): Promise<Duplex> {
  const socket = await dial(engine, {
    path: "/session",
    method: "POST",
    hijack: true,
    headers: {
      Upgrade: "h2c",
      "X-Docker-Expose-Session-Uuid": id,
      "X-Docker-Expose-Session-Name": "tbuild",
      "X-Docker-Expose-Session-Grpc-Method": [...methods],
    },
    abortSignal: signal,
    statusCodes: { 200: true },
  });
  if (socket instanceof Duplex) return socket;
  throw new Error("the engine answered `POST /session` without changing the protocol");
}

type Method = (request: Buffer) => Promise<Buffer>;

/** Numbers of https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const unknown = 2;
const notFound = 5;
const unimplemented = 12;

class StatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * `Auth/FetchToken`, `GetTokenAuthority` and `VerifyTokenAuthority` are left out: BuildKit takes
 * "unimplemented" for "ask for the credentials and fetch the token yourself".
 */
function methodsOf({ credentials, secrets }: SessionServices): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    ["/moby.filesync.v1.Auth/Credentials", (request) => giveCredentials(credentials, request)],
    ["/moby.buildkit.secrets.v1.Secrets/GetSecret", (request) => giveSecret(secrets, request)],
    ["/grpc.health.v1.Health/Check", async () => numberField(1, 1)], // SERVING
  ]);
}

/** An empty answer means: ask the registry without credentials. */
async function giveCredentials(lookup: CredentialLookup, request: Buffer): Promise<Buffer> {
  const found = await lookup(firstText(request));
  if (found === undefined) return Buffer.alloc(0);
  if ("identityToken" in found) return bytesField(2, found.identityToken);
  return Buffer.concat([bytesField(1, found.username), bytesField(2, found.password)]);
}

async function giveSecret(
  secrets: ReadonlyMap<string, Uint8Array>,
  request: Buffer,
): Promise<Buffer> {
  const id = firstText(request);
  const secret = secrets.get(id);
  if (secret === undefined) throw new StatusError(notFound, `secret ${id} not found`);
  return bytesField(1, secret);
}

function firstText(request: Buffer): string {
  let found = "";
  readFields(request, (field, value) => {
    if (field === 1) found = text(value);
  });
  return found;
}

/** Answers one unary call. */
async function answer(stream: ServerHttp2Stream, method: Method | undefined): Promise<void> {
  try {
    if (method === undefined) throw new StatusError(unimplemented, "not implemented");
    const response = await method(await readMessage(stream));
    if (stream.destroyed) return;
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(frame(response));
  } catch (error) {
    if (!stream.destroyed) refuse(stream, error);
  }
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  const status = error instanceof StatusError ? error.status : unknown;
  const message = error instanceof Error ? error.message : String(error);
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(status),
      "grpc-message": encodeURIComponent(message),
    },
    { endStream: true },
  );
}

/** A gRPC message on the wire: a byte that tells of compression, four of length, the message. */
async function readMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (body.length < 5) return Buffer.alloc(0);
  if (body[0] !== 0) throw new StatusError(unimplemented, "compression is not supported");
  return body.subarray(5, 5 + body.readUInt32BE(1));
}

function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
