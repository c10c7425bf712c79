/** What goes to and from the fake registry: requests, answers, logins, and the faults that a test may plan. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: string;
      readonly error?: readonly [code: string, message: string];
    }
  /** The connection is cut before anything is done, or after all of it is. */
  | { readonly kind: "reset"; readonly done?: boolean }
  /** Nothing comes any more. */
  | { readonly kind: "stall" }
  /** Of the body nothing is read, and no answer comes. */
  | { readonly kind: "unread" }
  /** Half of the answer comes, and then nothing any more. */
  | { readonly kind: "halted" }
  /** The token is refused before any of the body is read. */
  | { readonly kind: "expired-early" }
  /** The connection is cut when some of the body has arrived; that much is kept. */
  | { readonly kind: "torn"; readonly after: number }
  /** Of the answer only half of the body comes. */
  | { readonly kind: "truncated" }
  /** The token is refused, as if its time were over. */
  | { readonly kind: "expired" };

export interface Seen {
  readonly method: string;
  /** Path with the query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface FakeAuth {
  readonly kind: "basic" | "token";
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  /** Seconds. */
  readonly life?: number;
  /** Repositories that may only be read. */
  readonly readOnly?: readonly string[];
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export function errorAnswer(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): FakeAnswer {
  const message = code.toLowerCase().replaceAll("_", " ");
  return { status, headers, body: JSON.stringify({ errors: [{ code, message }] }) };
}

export const bearerOf = (sent = ""): string => sent.replace(/^Bearer /, "");

export const basicOf = ({ username, password }: FakeAuth): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

export const digestOf = (bytes: Uint8Array | string): `sha256:${string}` =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** The body, or as much of it as is wanted; the rest is not read. */
export function readUpTo(request: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = () => resolve(Buffer.concat(chunks).subarray(0, most));
    request.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) end();
    });
    request.on("end", end);
    request.on("error", reject);
    request.on("close", () => reject(new Error("broken off")));
  });
}
