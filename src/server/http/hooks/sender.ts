/** What each sender of webhooks does in its own way: proving who it is, naming events and deliveries. */
import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { hashToken } from "../../records/token.ts";
import { isSameText } from "../access/callers.ts";
import type { HookSettings } from "../options.ts";

type Headers = IncomingMessage["headers"];

export interface Sender {
  /** Whether it knows the secret. Looks at the bytes as they came, before anybody reads them. */
  isProved(headers: Headers, body: Buffer, secret: string): boolean;
  /** `push`, `ping` or another word. */
  eventOf(headers: Headers): string;
  /** The same when it is delivered again. */
  deliveryOf(headers: Headers): string | undefined;
  /** Whether the body is signed, so that nobody but the sender can have written it. */
  readonly signs: boolean;
}

/** All digits: a shorter signature is as wrong as another one. */
const isSigned = (given: string, body: Buffer, secret: string): boolean =>
  isSameText(given, createHmac("sha256", secret).update(body).digest("hex"));

export const senders: Readonly<Record<HookSettings["kind"], Sender>> = {
  github: {
    isProved(headers, body, secret) {
      const given = one(headers, "x-hub-signature-256") ?? "";
      return given.startsWith("sha256=") && isSigned(given.slice(7), body, secret);
    },
    eventOf: (headers) => one(headers, "x-github-event") ?? "",
    deliveryOf: (headers) => one(headers, "x-github-delivery"),
    signs: true,
  },
  gitea: {
    isProved: (headers, body, secret) =>
      isSigned(one(headers, "x-gitea-signature") ?? "", body, secret),
    eventOf: (headers) => one(headers, "x-gitea-event") ?? "",
    deliveryOf: (headers) => one(headers, "x-gitea-delivery"),
    signs: true,
  },
  gitlab: {
    // Compared as hashes, so that not even the length of the secret shows.
    isProved: (headers, _body, secret) =>
      isSameText(hashToken(one(headers, "x-gitlab-token") ?? ""), hashToken(secret)),
    eventOf: (headers) =>
      (one(headers, "x-gitlab-event") ?? "").replace(/ Hook$/, "").toLowerCase(),
    // Of all that GitLab sends only this is another one for each delivery; older ones send none.
    deliveryOf: (headers) => one(headers, "idempotency-key"),
    signs: false,
  },
};

/** Of a header that was sent once; an ID is passed on, so it is a short plain word. */
function one(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && /^[\x20-\x7e]{1,200}$/.test(value) ? value : undefined;
}
