/** Sends answers of all kinds. What they say is decided elsewhere. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../access/callers.ts";
import type { LiveStreams } from "../live/live-streams.ts";
import type { Refusal } from "../refusal.ts";
import type { Answer, Exchange } from "./answer.ts";
import { setPageHeaders } from "./headers.ts";
import type { PageFile } from "./page-files.ts";
import { namesTag, sendLog } from "./send-log.ts";

/** @returns when all is handed over; of a live stream, when it has begun */
export async function send(
  answer: Answer,
  { request, response }: Exchange,
  { caller, live }: { caller: Caller; live: LiveStreams },
): Promise<void> {
  response.statusCode = answer.status ?? 200;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  switch (answer.kind) {
    case "json":
      return sendText(response, "application/json", `${JSON.stringify(answer.value)}\n`);
    case "text":
      return sendText(response, answer.type, answer.text);
    case "log":
      return await sendLog(request, response, answer.place);
    case "page":
      return sendPage(answer.file, request, response);
    case "live":
      return live.open({ request, response }, caller, answer);
  }
}

/** What was not read of a body is not waited for. */
export function sendRefusal(refusal: Refusal, { request, response }: Exchange): void {
  const { headers = {} } = refusal.details;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (hasMore(request)) response.setHeader("connection", "close");
  response.statusCode = refusal.status;
  sendText(response, "application/json", `${JSON.stringify(refusal.body)}\n`);
}

const hasMore = ({ complete, headers }: IncomingMessage): boolean =>
  !complete &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);

/** Node leaves the text out where HEAD asked. */
function sendText(response: ServerResponse, type: string, text: string): void {
  response.setHeader("content-type", type);
  response.setHeader("content-length", Buffer.byteLength(text));
  response.end(text);
}

function sendPage(file: PageFile, request: IncomingMessage, response: ServerResponse): void {
  setPageHeaders(response);
  response.setHeader("etag", file.etag);
  response.setHeader("vary", "accept-encoding");
  if (namesTag(request.headers["if-none-match"], file.etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const isZipped = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const bytes = (isZipped && file.gzip) || file.bytes;
  if (bytes !== file.bytes) response.setHeader("content-encoding", "gzip");
  response.setHeader("content-type", file.type);
  response.setHeader("content-length", bytes.length);
  response.end(bytes);
}
