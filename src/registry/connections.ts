/** Connections that are kept: one set of agents for each host, with its certificates, directly or by a proxy. */
import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { createSecureContext } from "node:tls";
import { trustedCertificates } from "../net/certificates.ts";
import { addressOf, proxyAuthorization, proxyFor, tunnel } from "../net/proxy.ts";
import { certificateFolders, isLoopback, readHostCertificates } from "./endpoint.ts";
import { type Answer, exchange, type HttpRequest } from "./exchange.ts";

export interface ConnectionOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Folders with certificates by host; the engine's by default. */
  readonly certificateFolders?: readonly string[];
  /** Milliseconds without a byte after which the other side counts as gone. */
  readonly patience?: number;
}

const defaultPatience = 60_000;

/** Requests at the same time to one host; what limits blobs is told by who sends them. */
const mostSockets = 16;

export class Connections {
  readonly #options: ConnectionOptions;
  readonly #plain = new http.Agent({ keepAlive: true, maxSockets: mostSockets });
  readonly #secure = new Map<string, https.Agent>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  exchange(request: HttpRequest, signal: AbortSignal): Promise<Answer> {
    const { patience = defaultPatience } = this.#options;
    const { url } = request;
    const proxy = this.#proxyOf(url);
    if (url.protocol === "https:") {
      const options = { agent: this.#secureAgent(url, proxy) };
      return exchange(request, { options, patience, signal });
    }
    if (proxy === undefined) {
      return exchange(request, { options: { agent: this.#plain }, patience, signal });
    }
    const headers = { ...request.headers, host: url.host, ...proxyAuthorization(proxy) };
    const options = { agent: this.#plain, ...addressOf(proxy), path: url.href };
    return exchange({ ...request, headers }, { options, patience, signal });
  }

  close(): void {
    this.#plain.destroy();
    for (const agent of this.#secure.values()) agent.destroy();
  }

  /** This machine is never behind a proxy: so has it Go, and with it the engine. */
  #proxyOf(url: URL): URL | undefined {
    return isLoopback(url.hostname) ? undefined : proxyFor(url, this.#options.environment);
  }

  #secureAgent(url: URL, proxy: URL | undefined): https.Agent {
    const known = this.#secure.get(url.host);
    if (known !== undefined) return known;
    const { environment } = this.#options;
    const folders = this.#options.certificateFolders ?? certificateFolders(environment);
    const { authorities, clients } = readHostCertificates(url.host, folders);
    const ca = trustedCertificates(environment, authorities);
    // Read once: to read all authorities anew takes longer than the handshake of a connection.
    const secureContext = createSecureContext({
      ...(ca && { ca }),
      ...(clients.length > 0 && {
        cert: clients.map(({ cert }) => cert),
        key: clients.map(({ key }) => key),
      }),
    });
    const options: https.AgentOptions = { keepAlive: true, maxSockets: mostSockets, secureContext };
    const agent = proxy === undefined ? new https.Agent(options) : new TunnelAgent(options, proxy);
    this.#secure.set(url.host, agent);
    return agent;
  }
}

type Opened = (error: Error | null, socket?: Duplex) => void;

interface Opening {
  createConnection(options: object, opened?: Opened): Duplex | undefined;
}

/** Opens a way through a proxy for each new connection; those that are kept need none. */
class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(options: https.AgentOptions, proxy: URL) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: { host: string; port: number }, opened: Opened): undefined {
    const secure = https.Agent.prototype as unknown as Opening;
    tunnel(this.#proxy, `${options.host}:${options.port}`).then(
      (socket) => opened(null, secure.createConnection.call(this, { ...options, socket })),
      (error: Error) => opened(error),
    );
    return undefined;
  }
}
