/** A route: where it is, what it takes and gives, who may ask, and what answers. One declaration for all of it. */
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import type { TokenScope } from "../../../model/serve-options.ts";
import type { ServerCore } from "../../core.ts";
import type { Caller, Callers } from "../access/callers.ts";
import type { Answer } from "../answers/answer.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { LiveStreams } from "../live/live-streams.ts";
import type { HttpMetrics } from "../metrics.ts";
import { badRequest } from "../refusal.ts";
import type { Bodies } from "./bodies.ts";
import { checked, valuesOf } from "./checks.ts";

/** What routes answer from. */
export interface Room {
  readonly core: ServerCore;
  readonly callers: Callers;
  readonly live: LiveStreams;
  readonly hooks: Hooks;
  readonly metrics: HttpMetrics;
  readonly bodies: Bodies;
  isStopping(): boolean;
}

export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  readonly headers: IncomingMessage["headers"];
  readonly room: Room;
}

/** A request as it came. */
interface RawCall extends Omit<Call<unknown, URLSearchParams, unknown>, "body"> {
  readonly request: IncomingMessage;
}

/** What an answer looks like: its media type where it is not JSON, its schema where it has one. */
export type AnswerShape =
  | { readonly what: string; readonly schema: z.ZodType }
  | { readonly what: string; readonly type: string; readonly schema?: z.ZodType };

export type BodyShape<B> =
  | { readonly kind: "json"; readonly limit: number; readonly schema: z.ZodType<B> }
  /** As it came: text or signed bytes. */
  | { readonly kind: "bytes"; readonly limit: number; readonly type: string };

export interface RouteShape<P = unknown, Q = unknown, B = unknown> {
  readonly method: "GET" | "POST" | "PUT";
  /** `/api/v1/runs/{run}` */
  readonly path: string;
  readonly summary: string;
  /** `anyone`: no token is asked for. */
  readonly scope: TokenScope | "anyone";
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: BodyShape<B>;
  /** By status; refusals are the same for all routes. */
  readonly answers: Readonly<Record<number, AnswerShape>>;
}

export interface Route extends RouteShape {
  answer(call: RawCall): Promise<Answer>;
}

/** Whatever reaches `handle` was checked against the shape. */
export function route<P, Q, B>(
  shape: RouteShape<P, Q, B>,
  handle: (call: Call<P, Q, B>) => Answer | Promise<Answer>,
): Route {
  const answer = async (raw: RawCall): Promise<Answer> => {
    const params = (shape.params && checked("path", shape.params, raw.params)) as P;
    const query = (shape.query && checked("query", shape.query, valuesOf(raw.query))) as Q;
    const call = { ...raw, params, query };
    const { body } = shape;
    if (body === undefined) return handle({ ...call, body: undefined as B });
    return await raw.room.bodies.with(raw.request, body.limit, async (bytes) =>
      handle({ ...call, body: bodyOf(body, bytes, raw.headers) }),
    );
  };
  return { ...(shape as RouteShape), answer };
}

function bodyOf<B>(shape: BodyShape<B>, bytes: Buffer, headers: IncomingMessage["headers"]): B {
  if (shape.kind === "bytes") return bytes as B;
  if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
    throw badRequest("the body is not declared as JSON", "send `content-type: application/json`");
  }
  return checked("body", shape.schema, parsed(bytes));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw badRequest("the body is not JSON");
  }
}
