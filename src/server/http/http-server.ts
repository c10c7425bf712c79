/** The HTTP side of the server: listens within limits, and stops gracefully. Each request is `serveRequest`'s. */
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { ServerCore } from "../core.ts";
import { Callers } from "./access/callers.ts";
import { readPageFiles } from "./answers/page-files.ts";
import { Bodies } from "./api/bodies.ts";
import { routeFinder } from "./api/find-route.ts";
import { Hooks } from "./hooks/hooks.ts";
import { LiveStreams } from "./live/live-streams.ts";
import { HttpMetrics } from "./metrics.ts";
import { defaultLimits, type HttpLimits, type HttpOptions, type Surroundings } from "./options.ts";
import { allRoutes } from "./routes/all.ts";
import { type Serving, serveRequest } from "./serve-request.ts";

export interface HttpServer {
  /** Begins to listen where the settings say; rejects when it cannot. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no more, ends live streams, waits for answers under way, and after `graceMs` for nothing. */
  close(graceMs: number): Promise<void>;
}

export function createHttpServer(core: ServerCore, options: HttpOptions): HttpServer {
  const given: Surroundings = {
    ...options,
    core,
    limits: { ...defaultLimits, ...options.limits },
  };
  let isStopping = false;
  const serving = servingOf(given, () => isStopping);
  const server = limitedServer(given.limits);
  server.on("request", (request, response) => void serveRequest(serving, request, response));
  limitConnections(server, given);
  return {
    listen: () => listen(server, given),
    close: async (graceMs) => {
      isStopping = true;
      serving.room.live.close();
      await close(server, graceMs, given);
    },
  };
}

function servingOf(given: Surroundings, isStopping: () => boolean): Serving {
  const callers = new Callers(given);
  const room = {
    core: given.core,
    callers,
    live: new LiveStreams(given, callers),
    hooks: new Hooks(given, callers),
    metrics: new HttpMetrics(),
    bodies: new Bodies(given.limits.bodiesBytes),
    isStopping,
  };
  return { given, room, find: routeFinder(allRoutes), page: readPageFiles(given.pageFolder) };
}

/** Node ends what is slow, oversized or ambiguous by itself, with 400, 408 or 431, when it is told the limits. */
function limitedServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    requireHostHeader: true,
    insecureHTTPParser: false,
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  return server;
}

/** One address must not take all connections that there are. A proxy speaks for many. */
function limitConnections(server: Server, { settings, limits }: Surroundings): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.on("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    const isProxy = settings().proxies?.includes(address.replace(/^::ffff:/, "")) === true;
    if (count > limits.connectionsOfAddress && !isProxy) socket.destroy();
  });
}

function listen(server: Server, { settings }: Surroundings): ReturnType<HttpServer["listen"]> {
  const { host, port } = settings().listen;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("it has no port");
      resolve({ host, port: address.port });
    });
  });
}

function close(server: Server, graceMs: number, { clock }: Surroundings): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(graceMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
