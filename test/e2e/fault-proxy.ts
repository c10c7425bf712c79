/** Stands before a registry and holds requests of a push back, so that a test can kill it at that point. */
import { once } from "node:events";
import http, { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `pass`: as if the proxy were not there. `hold`: the registry hears nothing of it. `half`: it gets half of
 * the body. `deaf`: it does what is asked for, and the answer does not come. `stall`: a `hold` of which
 * nobody is told.
 */
export type Verdict = "pass" | "hold" | "half" | "deaf" | "stall";

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
}

export class FaultProxy {
  /** Asked for each request. */
  plan: (request: ProxiedRequest) => Verdict = () => "pass";
  /** Told of each request that was held back, once the registry has all of it that it gets. */
  onHeld: (request: ProxiedRequest) => void = () => undefined;
  /** Told of each answer that was passed on. */
  onAnswered: (request: ProxiedRequest) => void = () => undefined;
  readonly #target: string;
  readonly #server = createServer((request, response) => this.#serve(request, response));

  /** @param target `host:port` of the registry */
  constructor(target: string) {
    this.#target = target;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url: path = "", headers } = request;
    const about = { method, path };
    const verdict = this.plan(about);
    if (verdict === "hold") this.onHeld(about);
    if (verdict === "hold" || verdict === "stall") return;
    const [host, port] = this.#target.split(":");
    // The name that the client knows goes along, so that the registry names places below it.
    const upstream = http.request({ host, port, method, path, headers });
    response.on("close", () => upstream.destroy());
    upstream.on("error", () => response.destroy());
    upstream.on("response", (answer) => {
      if (verdict === "deaf") return void answer.resume().on("end", () => this.onHeld(about));
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      response.on("finish", () => this.onAnswered(about));
    });
    if (verdict === "half") this.#sendHalf(request, upstream);
    else request.pipe(upstream);
  }

  #sendHalf(request: IncomingMessage, upstream: http.ClientRequest): void {
    const half = Number(request.headers["content-length"] ?? 0) / 2;
    const about = { method: request.method ?? "", path: request.url ?? "" };
    let sent = 0;
    request.on("data", (chunk: Buffer) => {
      if (sent >= half) return;
      sent += chunk.length;
      upstream.write(chunk, () => sent >= half && this.onHeld(about));
    });
  }
}
