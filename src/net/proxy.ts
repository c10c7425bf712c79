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

/** A connection through the proxy, which sees only where it goes. */
export function tunnel(proxy: URL, place: string, signal?: AbortSignal): Promise<Socket> {
  const request = http.request({
    ...addressOf(proxy),
    method: "CONNECT",
    path: place,
    ...(signal && { signal }),
    headers: { host: place, ...proxyAuthorization(proxy) },
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

export const addressOf = ({ hostname, port }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ""),
  port: port === "" ? 80 : Number(port),
});

export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
