/** Follows the redirects of a registry, by requests that are given. Credentials stay with the registry. */
import type { Answer } from "./exchange.ts";

const mostRedirects = 5;

export interface Start {
  readonly method: string;
  readonly url: URL;
  /** Of the registry: only its origin gets the credentials. */
  readonly base: URL;
  readonly authorization: string | undefined;
}

/** @param ask one request to a place, with the headers that belong to it */
export async function follow(
  { method, base, ...start }: Start,
  ask: (url: URL, headers: Readonly<Record<string, string>>) => Answer | Promise<Answer>,
): Promise<Answer> {
  let { url } = start;
  const isRead = method === "GET" || method === "HEAD";
  const codes = isRead ? [301, 302, 303, 307, 308] : [307, 308];
  for (let redirects = 0; ; redirects++) {
    const authorization = url.origin === base.origin ? start.authorization : undefined;
    const answer = await ask(url, authorization === undefined ? {} : { authorization });
    const next = codes.includes(answer.status) ? locationOf(answer) : undefined;
    if (next === undefined || redirects >= mostRedirects) return answer;
    url = next;
  }
}

/** Where the registry said to go on. It may stand behind a proxy that speaks TLS for it. */
export function locationOf({ url, headers }: Answer): URL | undefined {
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const next = new URL(location, url);
  if (url.protocol === "https:" && next.protocol === "http:") {
    if (next.hostname !== url.hostname) return undefined;
    next.protocol = "https:";
    next.port = url.port;
  }
  return next;
}
