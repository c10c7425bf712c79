/** Checks what a request gave against its declaration, and words what is wrong with it. */
import type { z } from "zod";
import { Refusal } from "../refusal.ts";

export type Part = "path" | "query" | "body";

/** @throws Refusal that names all that is wrong */
export function checked<T>(part: Part, schema: z.ZodType<T>, given: unknown): T {
  const found = schema.safeParse(given, { reportInput: true });
  if (found.success) return found.data;
  const problems = found.error.issues.map((issue) => {
    return { code: `bad-${part}`, message: `${placeOf(issue, part)} ${wordsOf(issue)}` };
  });
  const status = part === "body" ? 422 : 400;
  throw new Refusal(status, `bad-${part}`, problems[0]?.message ?? "", {
    problems,
    hint: "`GET /api/v1/openapi.json` says what is taken",
  });
}

/** @throws Refusal for a key that is given twice: one of the two would be left out of account */
export function valuesOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  for (const [key, value] of query) {
    if (key in values) throw new Refusal(400, "bad-query", `\`${shown(key)}\` is given twice`);
    values[key] = value;
  }
  return { ...values };
}

function placeOf({ path }: z.core.$ZodIssue, part: Part): string {
  return path.length === 0 ? `the ${part}` : `\`${shown(path.join("."))}\``;
}

function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `has keys that are not known: ${issue.keys.map((key) => `\`${shown(key)}\``).join(", ")}`;
    case "invalid_type":
      return issue.input === undefined ? "is missing" : `must be of type ${issue.expected}`;
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}`;
    case "invalid_key":
      return issue.issues[0] === undefined ? "is no name" : wordsOf(issue.issues[0]);
    default:
      return issue.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  }
}

const unitOf = (origin: string): string =>
  origin === "string" ? " characters long" : origin === "array" ? " of them" : "";

/** What others wrote is told back, but not all of it. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
