/** What the HTTP side is given: settings that may change while it runs, and its surroundings. Reads no configuration. */
import type { ServerCore } from "../core.ts";
import type { AuditLog } from "../records/audit.ts";
import type { AccessToken, HookKind } from "../records/config.ts";
import type { DeliveryLog } from "../records/delivery.ts";

export interface HookSettings {
  readonly kind: HookKind;
  /** The value itself. */
  readonly secret: string;
}

/** Asked for with each request, so that a change of the configuration counts at once. */
export interface HttpSettings {
  readonly listen: { readonly host: string; readonly port: number };
  /** Where people reach the server: for links, and as a host name that is its own. */
  readonly url?: string;
  /** Whether reading needs a token. */
  readonly read: "public" | "token";
  readonly tokens: readonly AccessToken[];
  /** Of a repository; its secret is read when it is asked for. */
  hookOf(repository: string): HookSettings | undefined;
  /** Addresses of proxies whose `x-forwarded-for` is believed. */
  readonly proxies?: readonly string[];
}

export interface HttpLimits {
  /** Milliseconds for the headers of a request, for all of it, and without any byte either way. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  /** How often that is looked at, in milliseconds. */
  readonly checkMs: number;
  readonly headerBytes: number;
  readonly connections: number;
  readonly connectionsOfAddress: number;
  /** Of one body: of the API, and of a webhook. GitHub sends no more than 25 MB. */
  readonly bodyBytes: number;
  readonly hookBytes: number;
  /** Of all bodies that are held at one time. */
  readonly bodiesBytes: number;
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Readers of live streams: all, of one token or address, and bytes that one may leave unread. */
  readonly streams: number;
  readonly streamsOfCaller: number;
  readonly streamBytes: number;
  /** How long what happens waits for what comes after it, to go to all readers together. */
  readonly gatherMs: number;
  readonly heartbeatMs: number;
}

export const defaultLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 60_000,
  checkMs: 1_000,
  headerBytes: 16 * 1024,
  connections: 1_000,
  connectionsOfAddress: 400,
  bodyBytes: 1024 * 1024,
  hookBytes: 25 * 1024 * 1024,
  bodiesBytes: 64 * 1024 * 1024,
  rate: { perSecond: 50, burst: 300 },
  streams: 500,
  streamsOfCaller: 250,
  streamBytes: 512 * 1024,
  gatherMs: 50,
  heartbeatMs: 15_000,
};

export interface HttpClock {
  date(): Date;
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back once, unless the returned function is called before. */
  after(milliseconds: number, act: () => void): () => void;
}

export interface HttpOptions {
  settings(): HttpSettings;
  /** Folder of the page, absolute; read once. */
  readonly pageFolder: string;
  readonly audit: AuditLog;
  readonly deliveries: DeliveryLog;
  readonly clock: HttpClock;
  readonly limits?: Partial<HttpLimits>;
  /** A handler threw what nobody could cause. `request` is the ID in the answer. */
  onBug(error: unknown, request: string): void;
}

/** What each request is answered from. */
export interface Surroundings extends Omit<HttpOptions, "limits"> {
  readonly core: ServerCore;
  readonly limits: HttpLimits;
}
