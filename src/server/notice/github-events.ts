/**
 * Reads the events of a repository from GitHub's API, as it wants to be asked: no more often than it says, with
 * the ETag of the last answer, and not at all while the rate limit is used up. Events come late and in any
 * order, so what they say is a hint, and git is asked.
 */
import type { Clock } from "../records/clock.ts";
import type { GithubEvents } from "../records/config.ts";

export interface EventsAnswer {
  /** Branches that were pushed to at some time: which are news, git tells. */
  readonly branches: readonly string[];
  readonly etag?: string;
  /** Milliseconds before it may be asked again. */
  readonly wait: number;
  readonly problem?: string;
}

export type Fetch = (
  url: string,
  init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
) => Promise<Response>;

const usualWait = 60_000;
const longestWait = 60 * 60 * 1000;
const mostBytes = 16 * 1024 * 1024;

/** @param token undefined where nobody logs in */
export async function askEvents(
  { url }: GithubEvents,
  parts: {
    /** Of the last answer. */
    readonly etag: string | undefined;
    readonly fetch: Fetch;
    readonly clock: Pick<Clock, "date">;
    readonly token: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<EventsAnswer> {
  const { etag, fetch, clock, token, signal } = parts;
  const headers: Record<string, string> = {
    accept: "application/vnd.github+json",
    "user-agent": "tbuild",
    ...(etag !== undefined && { "if-none-match": etag }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  try {
    const response = await fetch(withPageSize(url), {
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    const wait = waitOf(response.headers, clock.date());
    if (response.status === 304) return { branches: [], wait };
    if (response.status === 200) return await readEvents(response, wait);
    await response.body?.cancel();
    return { branches: [], wait: Math.max(wait, usualWait), problem: refused(response.status) };
  } catch (error) {
    const why = (error as Error).name === "TimeoutError" ? "no answer" : causeOf(error as Error);
    return { branches: [], wait: usualWait, problem: `the events cannot be read: ${why}` };
  }
}

/** The most of a page: the newest are what counts, and git tells of what lies further back. */
function withPageSize(url: string): string {
  const full = new URL(url);
  if (!full.searchParams.has("per_page")) full.searchParams.set("per_page", "100");
  return full.href;
}

/** By the poll interval, by the rate limit, and by what an overloaded server asks for. */
function waitOf(headers: Headers, now: Date): number {
  const seconds = (name: string): number => Number(headers.get(name) ?? 0) * 1000 || 0;
  const interval = seconds("x-poll-interval") || usualWait;
  const isUsedUp = headers.get("x-ratelimit-remaining") === "0";
  const untilReset = isUsedUp ? seconds("x-ratelimit-reset") - now.getTime() : 0;
  return Math.min(longestWait, Math.max(interval, untilReset, seconds("retry-after")));
}

const refused = (status: number): string =>
  status === 403 || status === 429
    ? `the events cannot be read: the limit of requests is reached (HTTP ${status})`
    : `the events cannot be read: HTTP ${status}`;

const causeOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? cause.message : message;

async function readEvents(response: Response, wait: number): Promise<EventsAnswer> {
  const text = await response.text();
  if (text.length > mostBytes) return { branches: [], wait, problem: "the answer is too large" };
  const all: unknown = JSON.parse(text);
  if (!Array.isArray(all))
    return { branches: [], wait, problem: "the answer is no list of events" };
  const etag = response.headers.get("etag") ?? undefined;
  const branches = new Set(all.flatMap((event) => pushedBranch(event) ?? []));
  return { branches: [...branches], wait, ...(etag !== undefined && { etag }) };
}

/** By the ref and the commit alone: all other keys come and go with the versions of the API. */
function pushedBranch(event: unknown): string | undefined {
  const { type, payload } = (event ?? {}) as { type?: unknown; payload?: unknown };
  if (type !== "PushEvent") return undefined;
  const { ref, head } = (payload ?? {}) as { ref?: unknown; head?: unknown };
  const isPush = typeof head === "string" && /^[0-9a-f]{40,64}$/.test(head) && !/^0+$/.test(head);
  return isPush && typeof ref === "string" ? /^refs\/heads\/(.+)$/.exec(ref)?.[1] : undefined;
}
