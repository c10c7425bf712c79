/**
 * Talks to one registry: finds out how it is reached, gives it the credentials that it asks for,
 * follows its redirects without them, and tries again. What is asked for is told by its callers.
 */
import type { CredentialLookup } from "../model/credentials.ts";
import { Authorizer } from "./authorizer.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { answeringHost, isLoopback } from "./endpoint.ts";
import { type Answer, type Body, SourceError } from "./exchange.ts";
import * as problems from "./problems.ts";
import { defaultTries, retryAfter, Transient, withRetries } from "./retry.ts";

export interface ClientOptions extends ConnectionOptions {
  /** As references name it. */
  readonly host: string;
  readonly credentials: CredentialLookup;
  /** Whether it may be spoken to without TLS; this machine always may. */
  readonly insecure?: boolean;
  readonly clock?: Clock;
  /** Tries of one request in all. */
  readonly tries?: number;
}

export interface RegistryRequest {
  readonly method: string;
  /** A path below `/v2/`, or a place that the registry named. */
  readonly to: string | URL;
  /** Repository that it is about. */
  readonly repository: string;
  /** What a token must allow, as `repository:NAME:pull`. */
  readonly scopes: readonly string[];
  /** To follow "cannot" in messages. */
  readonly doing: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;

/** A host that never answered is more likely misspelt than busy. */
const triesOfUnknown = 3;

/** Tokens may end while they are on their way, but not time after time. */
const mostRefusals = 3;

export class RegistryClient {
  readonly host: string;
  /** Whether the caller said that it may be spoken to without TLS. */
  readonly insecure: boolean;
  readonly clock: Clock;
  readonly tries: number;
  readonly #options: ClientOptions;
  readonly #connections: Connections;
  readonly #authorizer: Authorizer;
  #base: Promise<URL> | undefined;
  /** Whether it ever answered. */
  #isKnown = false;
  /** When a registry that asked for a pause may be asked again. */
  #pausedUntil = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.host = options.host;
    this.insecure = options.insecure === true;
    this.clock = options.clock ?? systemClock;
    this.tries = options.tries ?? defaultTries;
    this.#connections = new Connections(options);
    this.#authorizer = new Authorizer({
      host: options.host,
      credentials: options.credentials,
      clock: this.clock,
      ask: (request) => this.#askTokenServer(request),
    });
  }

  /** Asks until there is an answer that is worth something, whatever its status. */
  send(request: RegistryRequest): Promise<Answer> {
    return this.retry(request.signal, () => this.sendOnce(request));
  }

  retry<T>(signal: AbortSignal, work: (attempt: number) => Promise<T>): Promise<T> {
    return withRetries(work, { clock: this.clock, signal, tries: this.tries });
  }

  /** @throws Transient where another try may do better */
  async sendOnce(request: RegistryRequest): Promise<Answer> {
    this.#base ??= this.#findBase(request);
    const base = await this.#base.catch((error) => {
      this.#base = undefined;
      throw error;
    });
    const url = typeof request.to === "string" ? new URL(`/v2/${request.to}`, base) : request.to;
    for (let asked = 0; ; asked++) {
      const authorization = await this.#authorizer.header(request.scopes);
      const answer = await this.#follow(request, { url, base, authorization });
      const isOurs = answer.status === 401 && answer.url.origin === base.origin;
      if (!isOurs || asked >= mostRefusals) return answer;
      if (!(await this.#authorizer.learn(answer, authorization, request.scopes))) return answer;
    }
  }

  /** A diagnostic for an answer that is not the one hoped for. */
  refused(answer: Answer, request: RegistryRequest): Error {
    return problems.refused(answer, this.#attempt(request), this.#skew(answer));
  }

  /** Where the registry said to go on. It may stand behind a proxy that speaks TLS for it. */
  locationOf({ url, headers }: Answer): URL | undefined {
    const { location } = headers;
    if (location === undefined || !URL.canParse(location, url.href)) return undefined;
    const next = new URL(location, url);
    if (url.protocol === "https:" && next.protocol === "http:") {
      if (next.hostname !== url.hostname) return undefined;
      next.protocol = "https:";
      next.port = url.port;
    }
    return next;
  }

  close(): void {
    this.#connections.close();
  }

  async #follow(
    request: RegistryRequest,
    to: { readonly url: URL; readonly base: URL; readonly authorization: string | undefined },
  ): Promise<Answer> {
    let { url } = to;
    for (let redirects = 0; ; redirects++) {
      const isRegistry = url.origin === to.base.origin;
      const authorization = isRegistry ? to.authorization : undefined;
      const headers = { ...request.headers, ...(authorization && { authorization }) };
      const answer = await this.#exchange(request, url, headers);
      const isRead = request.method === "GET" || request.method === "HEAD";
      const codes = isRead ? [301, 302, 303, 307, 308] : [307, 308];
      const next = codes.includes(answer.status) ? this.locationOf(answer) : undefined;
      if (next === undefined || redirects >= mostRedirects) return answer;
      url = next;
    }
  }

  async #exchange(
    request: RegistryRequest,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { method, body, signal } = request;
    const pause = this.#pausedUntil - this.clock.now();
    if (pause > 0) await this.clock.sleep(pause, signal);
    let answer: Answer;
    try {
      const wanted = { method, url, headers, ...(body && { body }) };
      answer = await this.#connections.exchange(wanted, signal);
    } catch (error) {
      throw this.#lost(error, request, url);
    }
    this.#isKnown = true;
    if (!isPassing(answer.status)) return answer;
    const after = retryAfter(answer.headers["retry-after"], this.clock.now());
    if (after !== undefined && answer.status === 429) {
      this.#pausedUntil = Math.max(this.#pausedUntil, this.clock.now() + after);
    }
    const why = `${url.host} answers ${answer.status}`;
    throw new Transient(problems.unreachable(this.#attempt(request), why), { after });
  }

  #lost(error: unknown, request: RegistryRequest, url: URL): unknown {
    if (request.signal.aborted) return request.signal.reason;
    if (error instanceof SourceError) return error;
    const why = problems.whyNoConnection(error, url.host);
    if (why === undefined) return error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (problems.isTlsProblem(code)) {
      return problems.untrusted(this.#attempt(request), why, error);
    }
    const problem = problems.unreachable(this.#attempt(request), why, error);
    return new Transient(problem, this.#isKnown ? {} : { tries: triesOfUnknown });
  }

  /** This machine, and who is said to be insecure, may speak TLS or not: that is found out. */
  async #findBase(request: RegistryRequest): Promise<URL> {
    const secure = new URL(`https://${answeringHost(this.host)}`);
    if (!this.#options.insecure && !isLoopback(secure.hostname)) return secure;
    const probe = { method: "GET", url: new URL("/v2/", secure), headers: {} };
    try {
      await this.#connections.exchange(probe, request.signal);
      return secure;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const isPlain = /^(EPROTO|ERR_SSL_.*|HPE_.*|ECONNRESET)$/.test(code);
      if (!isPlain) throw this.#lost(error, request, secure);
      return new URL(`http://${this.host}`);
    }
  }

  #askTokenServer(request: Parameters<Connections["exchange"]>[0]): Promise<Answer> {
    const doing = `ask ${request.url.host} for a token`;
    const signal = AbortSignal.timeout(120_000);
    const about = { doing, repository: "", scopes: [], signal };
    return this.retry(signal, () =>
      this.#exchange({ ...request, ...about, to: request.url }, request.url, request.headers),
    );
  }

  #attempt({ repository, doing }: RegistryRequest): problems.Attempt {
    return { host: this.host, repository, doing };
  }

  /** A token that is refused although it is new may be too new, or too old, for a clock that is wrong. */
  #skew({ status, headers }: Answer): string | undefined {
    const there = Date.parse(headers.date ?? "");
    if (status !== 401 || Number.isNaN(there)) return undefined;
    const minutes = Math.round((this.clock.now() - there) / 60_000);
    if (Math.abs(minutes) < 2) return undefined;
    const how = `${Math.abs(minutes)} minutes ${minutes < 0 ? "behind" : "ahead of"}`;
    return `the clock of this machine is ${how} that of ${this.host}: set it right`;
  }
}

/** Answers that are about now, not about the request. */
const isPassing = (status: number): boolean =>
  status === 408 ||
  status === 425 ||
  status === 429 ||
  (status >= 500 && ![501, 505, 507].includes(status));
