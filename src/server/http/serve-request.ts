/** One request from its head to its answer: who asks, what for, whether they may; then the route, or the page. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { addressOf } from "./access/address.ts";
import type { Caller } from "./access/callers.ts";
import { isOwnHost } from "./access/host.ts";
import { type RequestPath, readPath } from "./access/request-path.ts";
import type { Answer, Exchange } from "./answers/answer.ts";
import { setCommonHeaders } from "./answers/headers.ts";
import type { PageFile } from "./answers/page-files.ts";
import { send, sendRefusal } from "./answers/send.ts";
import type { FindRoute } from "./api/find-route.ts";
import type { Room } from "./api/route.ts";
import { auditEntry, type Known } from "./audit-entry.ts";
import type { Surroundings } from "./options.ts";
import { notFound, Refusal } from "./refusal.ts";

export interface Serving {
  readonly given: Surroundings;
  readonly room: Room;
  readonly find: FindRoute;
  readonly page: ReadonlyMap<string, PageFile>;
}

/** Never throws: what nobody could cause is told as a bug, and answered as one. */
export async function serveRequest(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const known: Known = {
    id: randomBytes(8).toString("hex"),
    began: serving.given.clock.now(),
    address: addressOf(request, serving.given.settings().proxies),
  };
  const exchange: Exchange = { request, response };
  setCommonHeaders(response, known.id);
  try {
    await answerTo(serving, exchange, known);
  } catch (error) {
    refuse(serving, exchange, known, error);
  }
  finish(serving, exchange, known);
}

async function answerTo(serving: Serving, exchange: Exchange, known: Known): Promise<void> {
  const { request } = exchange;
  const { room } = serving;
  const settings = serving.given.settings();
  if (!isOwnHost(request.headers.host, settings)) throw wrongHost();
  const path = readPath(request.url ?? "");
  const caller = room.callers.identify(request, known.address);
  known.caller = caller;
  room.callers.count(caller);
  const answer = await findAnswer(serving, request, { path, caller, known });
  if (answer.result !== undefined) known.result = answer.result;
  await send(answer, exchange, { caller, live: room.live });
}

interface Asked {
  readonly path: RequestPath;
  readonly caller: Caller;
  readonly known: Known;
}

async function findAnswer(
  { find, page, room }: Serving,
  request: IncomingMessage,
  { path, caller, known }: Asked,
): Promise<Answer> {
  const { method = "", headers } = request;
  const found = find(method, path.names);
  if (found.kind === "other-method") throw otherMethod(found.methods);
  if (found.kind === "none") return pageAnswer(page, method, path.names);
  const { route, params } = found;
  known.route = route.path;
  known.scope = route.scope;
  if (route.scope !== "anyone") room.callers.allow(caller, route.scope);
  if (route.path.startsWith("/hooks/"))
    room.callers.hookMayCome(params["repository"] ?? "", caller);
  return await route.answer({ request, params, query: path.query, caller, headers, room });
}

/** Paths of views lead to the one page, which reads them. A name with a dot means a file. */
function pageAnswer(
  page: ReadonlyMap<string, PageFile>,
  method: string,
  names: readonly string[],
): Answer {
  if (names[0] === "api" || names[0] === "hooks" || names[0] === "badges") throw notFound();
  if (method !== "GET" && method !== "HEAD") throw otherMethod(["GET"]);
  const file = page.get(`/${names.join("/")}`);
  if (file !== undefined) return { kind: "page", file };
  const start = page.get("/index.html");
  if (start === undefined || /\.[a-z0-9]+$/i.test(names.at(-1) ?? "")) throw notFound();
  return { kind: "page", file: start };
}

function refuse(serving: Serving, exchange: Exchange, known: Known, error: unknown): void {
  const { response } = exchange;
  // Somebody who has gone away hears nothing; this is no bug.
  if (exchange.request.socket.destroyed && !(error instanceof Refusal))
    return void response.destroy();
  if (!(error instanceof Refusal)) serving.given.onBug(error, known.id);
  known.error = error instanceof Refusal ? error : ownMistake();
  // What has begun cannot be called back: the reader sees that it ends too soon.
  if (response.headersSent) return void response.destroy();
  for (const name of response.getHeaderNames()) {
    if (name === "content-length" || name === "etag") response.removeHeader(name);
  }
  sendRefusal(known.error, exchange);
}

function finish({ given, room }: Serving, { request, response }: Exchange, known: Known): void {
  const { route = "page", error } = known;
  const { statusCode: status } = response;
  room.metrics.count({ method: knownMethod(request.method), route, status });
  room.metrics.took((given.clock.now() - known.began) / 1000);
  const changes = known.scope === "run" || known.scope === "admin" || route.startsWith("/hooks/");
  const isDenied = error !== undefined && [401, 403, 421, 429].includes(error.status);
  if (changes || isDenied)
    given.audit.write(auditEntry(request, status, known, given.clock.date()));
}

/** Others would fill the figures with whatever somebody makes up. */
const knownMethod = (method = ""): string =>
  ["GET", "HEAD", "POST", "PUT"].includes(method) ? method : "other";

const wrongHost = () =>
  new Refusal(421, "wrong-host", "this server is not known under that name", {
    hint: "say its name as `url` in the configuration",
  });

const otherMethod = (methods: readonly string[]) =>
  new Refusal(405, "other-method", "this cannot be done here", {
    headers: {
      allow: methods.flatMap((each) => (each === "GET" ? [each, "HEAD"] : [each])).join(", "),
    },
  });

const ownMistake = () =>
  new Refusal(500, "bug", "something went wrong in the server", {
    hint: "its log says more, with the ID in `x-request-id`",
  });
