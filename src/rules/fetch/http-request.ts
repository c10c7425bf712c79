/** Asks for one URL, directly or by the caller's proxy, with the caller's certificates. Follows nothing. */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { trustedCertificates } from "../../net/certificates.ts";
import { addressOf, proxyAuthorization, proxyFor, tunnel } from "../../net/proxy.ts";

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
    const headers = { ...options.headers, host: url.host, ...proxyAuthorization(proxy) };
    return answer(http.get({ ...addressOf(proxy), signal, headers, path: url.href }));
  }
  const trusted = trustedCertificates(environment);
  const ca: { readonly ca?: string[] } = trusted === undefined ? {} : { ca: trusted };
  if (proxy === undefined) return answer(https.get(url, { ...options, ...ca }));
  const socket = await tunnel(proxy, `${url.hostname}:${url.port || 443}`, signal);
  return answer(
    https.get(url, { ...options, ...ca, socket, agent: false } as https.RequestOptions),
  );
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
