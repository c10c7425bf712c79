/** Why a request gets no answer, as it is told: status, code, words and hint. Knows no route. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Result } from "../../model/result.ts";
import type { Failure } from "./api/schemas.ts";

interface Details {
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly problems?: Failure["error"]["problems"];
}

/** Carries a refusal up to the edge that answers with it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Details;

  constructor(status: number, code: string, message: string, details: Details = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.details = details;
  }

  get body(): Failure {
    const { hint, problems } = this.details;
    const more = { ...(hint !== undefined && { hint }), ...(problems && { problems }) };
    return { error: { code: this.code, message: this.message, ...more } };
  }
}

/** The value, or the refusal that its problems are. */
export function valueIn<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const [first] = result.problems;
  if (first === undefined) throw new Error("a result that failed names no problem");
  throw new Refusal(statusOf(first), first.code, first.message, {
    ...(first.hint !== undefined && { hint: first.hint }),
    problems: result.problems.map(shown),
  });
}

function statusOf({ code, blame }: Diagnostic): number {
  if (code === "unknown-run" || code === "unknown-repository") return 404;
  if (/^(not|already|still)-/.test(code)) return 409;
  return blame === "surroundings" ? 503 : 422;
}

function shown({ code, message, hint, at }: Diagnostic) {
  const place = at && { line: at.line, column: at.column };
  return { code, message, ...(hint !== undefined && { hint }), ...place };
}

export const unknownRun = () =>
  new Refusal(404, "unknown-run", "there is no such run", {
    hint: "`GET /api/v1/runs` lists those that are kept",
  });

export const unknownRepository = () =>
  new Refusal(404, "unknown-repository", "there is no such repository", {
    hint: "`GET /api/v1/repositories` lists them",
  });

export const notFound = () =>
  new Refusal(404, "not-found", "there is nothing here", {
    hint: "`GET /api/v1/openapi.json` lists what there is",
  });

export const badRequest = (message: string, hint?: string) =>
  new Refusal(400, "bad-request", message, hint === undefined ? {} : { hint });

/** `milliseconds` until it is worth another try. */
export const tooMany = (code: string, message: string, milliseconds: number) =>
  new Refusal(429, code, message, {
    headers: { "retry-after": String(Math.max(1, Math.ceil(milliseconds / 1000))) },
    hint: "`retry-after` tells how many seconds to wait",
  });
