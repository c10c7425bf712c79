/** What a route answers with, as data. How it goes over the wire is the business of `send.ts`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LogPlace } from "../../core.ts";
import type { PageFile } from "./page-files.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the audit log: what came of it. */
  readonly result?: string;
} & (
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly type: string; readonly text: string }
  | { readonly kind: "log"; readonly place: LogPlace }
  | { readonly kind: "page"; readonly file: PageFile }
  /** `run`: of this one only. `after`: the last event that the reader has. */
  | { readonly kind: "live"; readonly run?: string; readonly after?: number }
);

export const json = (value: unknown, more: Pick<Answer, "status" | "result"> = {}): Answer => ({
  kind: "json",
  value,
  ...more,
});
