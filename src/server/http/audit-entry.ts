/** Makes the line of the audit log for a request. Where it is written is the business of others. */
import type { IncomingMessage } from "node:http";
import type { AuditEntry } from "../records/audit.ts";
import type { Caller } from "./access/callers.ts";
import type { Refusal } from "./refusal.ts";

/** What came to be known of a request, for figures and the audit log. */
export interface Known {
  readonly id: string;
  readonly began: number;
  readonly address: string;
  caller?: Caller;
  /** As declared; absent for the page. */
  route?: string;
  scope?: string;
  result?: string;
  error?: Refusal;
}

const longest = 300;

export function auditEntry(
  request: IncomingMessage,
  status: number,
  { id, address, caller, route, error, result }: Known,
  now: Date,
): AuditEntry {
  const [path = ""] = (request.url ?? "").split("?");
  const isProvedHook = route?.startsWith("/hooks/") === true && error?.code !== "not-proved";
  const who = caller?.token?.name ?? (isProvedHook ? `hook ${path.slice(7)}` : undefined);
  return {
    at: now.toISOString(),
    request: id,
    ...(who !== undefined && { who }),
    address,
    method: request.method ?? "",
    path: path.slice(0, longest),
    status,
    ...(error && { error: error.code }),
    ...(result !== undefined && { result }),
  };
}
