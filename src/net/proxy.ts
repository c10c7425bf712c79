/** Which proxy stands before a URL, and the way through it. What is asked for is left to others. */
import http from "node:http";
import type { Socket } from "node:net";

/** Milliseconds that a proxy has to open a way. */
const patience = 60_000;

/** The proxy that the environment names for a URL, as curl reads it. */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const scheme = url.protocol.slice(0, -1);
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, "all_proxy", "ALL_PROXY"];
  const found = names.map((name) => environment[name]).find((value) => value);
  if (found === undefined || isDirect(url, environment)) return undefined;
  const text = found.includes("://") ? found : `http://${found}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** `no_proxy`: hosts, with all that is below them, or `*`. */
function isDirect({ hostname, port }: URL, environment: NodeJS.ProcessEnv): boolean {
  const list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
  return list
    .split(",")
    .map((entry) => entry.trim().replace(/^\*?\./, ""))
    .some((entry) => {
      if (entry === "*") return true;
      const [host, onlyPort] = entry.split(":");
      if (!host || (onlyPort !== undefined && onlyPort !== port)) return false;
      return hostname === host || hostname.endsWith(`.${host}`);
    });
}

/** The proxy itself is what fails; its address is told without credentials. */
export class ProxyError extends Error {
  /** Of its answer, where it gave one. */
  readonly status: number | undefined;
  /** For those who go by the codes of connections. */
  readonly code = "ECONNREFUSED";

  constructor({ host }: URL, why: string, more: { status?: number; cause?: unknown } = {}) {
    super(`proxy \`${host}\` ${why}`, { cause: more.cause });
    this.status = more.status;
  }
}

/**
 * A connection through the proxy, which sees only where it goes.
 * @param place `HOST:PORT`
 * @throws ProxyError, or an AbortError
 */
export function tunnel(proxy: URL, place: string, signal?: AbortSignal): Promise<Socket> {
  const request = http.request({
    ...addressOf(proxy),
    method: "CONNECT",
    path: place,
    ...(signal && { signal }),
    headers: { host: place, ...proxyAuthorization(proxy) },
  });
  return new Promise((resolve, reject) => {
    request.setTimeout(patience, () => request.destroy(new ProxyError(proxy, "does not answer")));
    request.once("error", (error) =>
      reject(signal?.aborted || error instanceof ProxyError ? error : unreachable(proxy, error)),
    );
    request.once("connect", ({ statusCode: status = 0 }, socket) => {
      if (status === 200) return resolve(socket as Socket);
      socket.destroy();
      const why = status === 407 ? "wants a login" : `answers ${status}`;
      reject(new ProxyError(proxy, why, { status }));
    });
    request.end();
  });
}

function unreachable(proxy: URL, cause: NodeJS.ErrnoException): ProxyError {
  const refuses = cause.code === "ECONNREFUSED";
  return new ProxyError(proxy, refuses ? "refuses connections" : "cannot be reached", { cause });
}

/** `hostname` and not `host`: that of a URL would outweigh `host`, and the way would not lead to the proxy. */
export const addressOf = ({ hostname, port }: URL) => ({
  hostname: hostname.replace(/^\[|\]$/g, ""),
  port: port === "" ? 80 : Number(port),
});

export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
