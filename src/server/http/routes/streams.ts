/** Routes of what is long or never ends: logs, and what happens, live. */
import { z } from "zod";
import type { LogPlace } from "../../core.ts";
import type { Answer } from "../answers/answer.ts";
import { type AnswerShape, type Call, type Route, route } from "../api/route.ts";
import { name, runId, serverEvent } from "../api/schemas.ts";
import { Refusal, unknownRun } from "../refusal.ts";

const logAnswers: Readonly<Record<number, AnswerShape>> = {
  200: { what: "All of it", type: "text/plain" },
  206: { what: "The bytes that `range` asked for", type: "text/plain" },
  304: { what: "It is as `if-none-match` says", type: "text/plain" },
  416: { what: "There are no such bytes, not yet at least", type: "text/plain" },
};

const runLog = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}/log",
    summary: "The console of a run; takes `range`, and asked again it follows a log that grows",
    scope: "read",
    params: z.strictObject({ run: runId }),
    answers: logAnswers,
  },
  async ({ params, room }) => logAnswer(await room.core.logOf(params.run)),
);

const targetLog = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}/targets/{target}/log",
    summary: "The log of a target; takes `range` as that of a run does",
    scope: "read",
    params: z.strictObject({ run: runId, target: name }),
    answers: logAnswers,
  },
  async ({ params, room }) => logAnswer(await room.core.logOf(params.run, params.target)),
);

/** Browsers send the ID as a header when they connect again; who begins with one may put it in the query. */
const liveQuery = z.strictObject({ after: z.exactOptional(z.coerce.number().int().min(0)) });
const liveAnswers: Readonly<Record<number, AnswerShape>> = {
  200: {
    what: "Server-sent events: each `data` is a ServerEvent",
    type: "text/event-stream",
    schema: serverEvent,
  },
};

const allEvents = route(
  {
    method: "GET",
    path: "/api/v1/events",
    summary: "What happens, live; `last-event-id` or `after` for what was missed",
    scope: "read",
    query: liveQuery,
    answers: liveAnswers,
  },
  (call) => ({ kind: "live", ...afterOf(call) }),
);

const runEvents = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}/events",
    summary: "What happens to one run, live",
    scope: "read",
    params: z.strictObject({ run: runId }),
    query: liveQuery,
    answers: liveAnswers,
  },
  (call): Answer => {
    if (call.room.core.run(call.params.run) === undefined) throw unknownRun();
    return { kind: "live", run: call.params.run, ...afterOf(call) };
  },
);

export const streamRoutes: readonly Route[] = [runLog, targetLog, allEvents, runEvents];

function logAnswer(place: LogPlace | undefined): Answer {
  if (place !== undefined) return { kind: "log", place };
  throw new Refusal(404, "unknown-log", "there is no such log", {
    hint: "a target that has not run has none, and old ones are removed",
  });
}

function afterOf(call: Call<unknown, z.infer<typeof liveQuery>, unknown>): { after?: number } {
  const header = String(call.headers["last-event-id"] ?? "");
  if (/^\d{1,15}$/.test(header)) return { after: Number(header) };
  const { after } = call.query;
  return after === undefined ? {} : { after };
}
