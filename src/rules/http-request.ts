/** Asks for one URL, directly or by the caller's proxy, with the caller's certificates. Follows nothing. */
import { readFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { rootCertificates } from "node:tls";

export interface HttpSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Milliseconds without a byte after which a server counts as gone. */
const patience = 60_000;

/** @returns the answer, whatever its status; its body is not read yet */
export async function requestUrl(
  url: URL,
  { environment, signal }: HttpSurroundings,
): Promise<IncomingMessage> {
  const proxy = proxyFor(url, environment);
  const options = { signal, headers: { "user-agent": "tbuild", accept: "*/*" } };
  if (url.protocol === "http:") {
    if (proxy === undefined) return answer(http.get(url, options));
    const headers = { ...options.headers, host: url.host, ...authorization(proxy) };
    return answer(http.get({ ...addressOf(proxy), signal, headers, path: url.href }));
  }
  const ca = certificates(environment);
  if (proxy === undefined) return answer(https.get(url, { ...options, ...ca }));
  const socket = await tunnel(proxy, url, signal);
  return answer(
    https.get(url, { ...options, ...ca, socket, agent: false } as https.RequestOptions),
  );
}

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

function answer(request: http.ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.setTimeout(patience, () =>
      request.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    request.once("response", resolve);
    request.once("error", reject);
  });
}

/** A connection through the proxy, which sees only where it goes. */
function tunnel(proxy: URL, to: URL, signal: AbortSignal): Promise<Socket> {
  const place = `${to.hostname}:${to.port || 443}`;
  const request = http.request({
    ...addressOf(proxy),
    method: "CONNECT",
    path: place,
    signal,
    headers: { host: place, ...authorization(proxy) },
  });
  return new Promise((resolve, reject) => {
    request.setTimeout(patience, () =>
      request.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    request.once("error", reject);
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      const error = new Error(`proxy answers ${response.statusCode}`);
      reject(Object.assign(error, { code: "ECONNREFUSED" }));
    });
    request.end();
  });
}

const addressOf = ({ hostname, port }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ""),
  port: port === "" ? 80 : Number(port),
});

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Node reads `NODE_EXTRA_CA_CERTS` by itself, but only while nobody names certificates. */
function certificates(environment: NodeJS.ProcessEnv): { readonly ca?: string[] } {
  const named = environment["SSL_CERT_FILE"];
  if (!named) return {};
  const more = [named, environment["NODE_EXTRA_CA_CERTS"]].flatMap((path) => read(path) ?? []);
  return { ca: [...rootCertificates, ...more] };
}

function read(path: string | undefined): string | undefined {
  try {
    return path ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
