/** An engine of which only building is there, on a socket of its own, for tests of what talks to it. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import Dockerode from "dockerode";

export interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface FakeBuilder {
  readonly engine: Dockerode;
  readonly address: string;
  /** The engine's ends of the sessions, in the order of their making, as gRPC clients. */
  readonly sessions: readonly EngineSession[];
  /** How many connections are open. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** @param answer answers every request but `POST /session` */
export async function startFakeBuilder(answer: (call: Call) => void): Promise<FakeBuilder> {
  const folder = mkdtempSync(join(tmpdir(), "tbuild-engine-"));
  const socketPath = join(folder, "s");
  const sessions: EngineSession[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    request.on("error", () => {});
    answer({ path: pathname, query: searchParams, request, response });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    sessions.push(new EngineSession(request, socket as Socket));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const engine = new Dockerode({ socketPath });
  return {
    engine,
    address: `unix://${socketPath}`,
    sessions,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}

/** What BuildKit does with a session: unary gRPC calls. */
export class EngineSession {
  readonly headers: IncomingMessage["headersDistinct"];
  readonly closed: Promise<void>;
  readonly #http2: ClientHttp2Session;

  constructor(request: IncomingMessage, socket: Socket) {
    this.headers = request.headersDistinct;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.#http2 = connect("http://localhost", { createConnection: () => socket });
    this.#http2.on("error", () => {});
  }

  /** @returns the gRPC status, its message, and the bytes of the answer when there is one */
  async call(path: string, request: Buffer) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(request.length, 1);
    const stream = this.#http2.request({ ":method": "POST", ":path": path, te: "trailers" });
    let status: Record<string, unknown> = {};
    stream.on("response", (headers) => {
      status = { ...status, ...headers };
    });
    stream.on("trailers", (trailers) => {
      status = { ...status, ...trailers };
    });
    stream.end(Buffer.concat([head, request]));
    const body = await buffer(stream);
    const answer = body.length === 0 ? undefined : body.subarray(5);
    return { status: status["grpc-status"], message: status["grpc-message"], answer };
  }
}
