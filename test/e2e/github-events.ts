/**
 * Serves the events of a repository as GitHub's API documents it: pages of at most 100, 300 events in all, an ETag
 * and 304 for who has seen them, and how often it may be asked. What is told, and when, says the test.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface GithubEvents {
  readonly url: string;
  /** Status and `if-none-match` of each request, in their order. */
  readonly asked: { readonly status: number; readonly etag: string | undefined }[];
  /** Requests that came before they were allowed. */
  readonly hasty: () => number;
  /** The first becomes the newest. */
  publish(...events: readonly object[]): void;
  /** Until what is told now was read, and what followed from it is done. */
  read(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds. The real one is 60 and more. */
const pollInterval = 1;
const mostEvents = 300;

export async function startGithubEvents(): Promise<GithubEvents> {
  const events: object[] = [];
  const asked: GithubEvents["asked"] = [];
  let version = 0;
  let hasty = 0;
  let allowedAt = 0;
  const server = createServer((request, response) => {
    // A timer may be a millisecond early, and an answer is on its way for some.
    if (performance.now() < allowedAt - 20) hasty++;
    const etag = request.headers["if-none-match"];
    const status = answer(request, response, events, `W/"${version}"`);
    asked.push({ status, etag });
    allowedAt = performance.now() + pollInterval * 1000;
    server.emit("asked");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/repos/acme/shop/events`,
    asked,
    hasty: () => hasty,
    publish: (...more) => {
      events.unshift(...more);
      version++;
    },
    // Nobody asks again before the last answer is dealt with.
    read: async () => {
      await once(server, "asked");
      await once(server, "asked");
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** @returns the status */
function answer(
  { url = "/", headers }: IncomingMessage,
  response: ServerResponse,
  events: readonly object[],
  etag: string,
): number {
  const { searchParams } = new URL(url, "http://localhost");
  const size = Math.min(100, Number(searchParams.get("per_page") ?? 30));
  const first = (Number(searchParams.get("page") ?? 1) - 1) * size;
  const status = first >= mostEvents ? 422 : headers["if-none-match"] === etag ? 304 : 200;
  response.writeHead(status, { etag, "x-poll-interval": String(pollInterval) });
  const page = events.slice(first, Math.min(mostEvents, first + size));
  response.end(status === 200 ? JSON.stringify(page) : undefined);
  return status;
}

let lastId = 0;

/** As the API tells a push today: without its commits. */
export const pushEvent = (branch: string, head: string, before = "0".repeat(40)): object => ({
  ...envelope("PushEvent"),
  payload: { repository_id: 1, push_id: ++lastId, ref: `refs/heads/${branch}`, head, before },
});

/** Of a kind that says nothing about commits. */
export const otherEvent = (): object => ({
  ...envelope("WatchEvent"),
  payload: { action: "started" },
});

const envelope = (type: string): object => ({
  ...{ id: String(++lastId), type, public: true, created_at: "2026-11-21T12:00:00Z" },
  actor: { id: 1, login: "anna" },
  repo: { id: 1, name: "acme/shop" },
});
