/**
 * Talks to one registry: gives it the credentials that it asks for, follows its redirects without
 * them, and tries again. What is asked for is told by its callers.
 */
import type { CredentialLookup } from "../model/credentials.ts";
import { Authorizer } from "./authorizer.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Answer, HttpRequest } from "./exchange.ts";
import { type FoundBase, OneTry, type TryOptions, urlOf } from "./one-try.ts";
import { follow } from "./redirects.ts";
import { refused } from "./refusals.ts";
import type { RegistryRequest } from "./request.ts";
import { defaultTries, withRetries } from "./retry.ts";

export type { RegistryRequest };

export interface ClientOptions extends TryOptions {
  readonly credentials: CredentialLookup;
  readonly clock?: Clock;
  /** Tries of one request in all. */
  readonly tries?: number;
}

/** Tokens may end while they are on their way, but not time after time. */
const mostRefusals = 3;

export class RegistryClient {
  readonly host: string;
  /** Whether the caller said that it may be spoken to without TLS. */
  readonly insecure: boolean;
  readonly clock: Clock;
  readonly tries: number;
  readonly #once: OneTry;
  readonly #authorizer: Authorizer;
  /** Where it answers, and whose request found that out. */
  #opening: { readonly base: Promise<URL>; readonly signal: AbortSignal } | undefined;

  constructor(options: ClientOptions) {
    this.host = options.host;
    this.insecure = options.insecure === true;
    this.clock = options.clock ?? systemClock;
    this.tries = options.tries ?? defaultTries;
    this.#once = new OneTry(options, this.clock);
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
    const { base, answer: heard } = await this.#findBase(request);
    let first = heard;
    const { method, scopes } = request;
    const url = urlOf(request, base);
    for (let asked = 0; ; asked++) {
      const authorization = first ? undefined : await this.#authorizer.header(scopes);
      const answer = await follow({ method, url, base, authorization }, (to, credentials) => {
        const known = first;
        first = undefined;
        return known
          ? this.#once.worth(known, request)
          : this.#once.ask(request, to, { ...request.headers, ...credentials });
      });
      const isOurs = answer.status === 401 && answer.url.origin === base.origin;
      if (!isOurs || asked >= mostRefusals) return answer;
      if (!(await this.#authorizer.learn(answer, authorization, scopes))) return answer;
    }
  }

  /** One question finds it for all; those who asked at the same time wait for the answer. */
  async #findBase(request: RegistryRequest): Promise<FoundBase> {
    for (let other = this.#opening; other !== undefined; other = this.#opening) {
      try {
        return { base: await other.base };
      } catch (error) {
        // Else who asked was cancelled, which is nobody else's failure.
        if (!other.signal.aborted) throw error;
      }
    }
    const found = this.#once.findBase(request).then(
      (opened) => {
        // Before anybody else asks: they need not be told one by one to log in.
        if (opened.answer?.status === 401) this.#authorizer.hear(opened.answer);
        return opened;
      },
      (error) => {
        this.#opening = undefined;
        throw error;
      },
    );
    const base = found.then((opened) => opened.base);
    this.#opening = { base, signal: request.signal };
    // Told to the one who asked, whether somebody else waits or not.
    base.catch(() => undefined);
    return found;
  }

  /** A diagnostic for an answer that is not the one hoped for. */
  refused(answer: Answer, { repository, doing }: RegistryRequest): Error {
    const attempt = { host: this.host, repository, doing };
    const { hasCredentials } = this.#authorizer;
    return refused(answer, attempt, { hasCredentials, skew: this.#skew(answer) });
  }

  close(): void {
    this.#once.close();
  }

  #askTokenServer(request: HttpRequest): Promise<Answer> {
    const doing = `ask \`${request.url.host}\` for a token`;
    const signal = AbortSignal.timeout(120_000);
    const about = { doing, repository: "", scopes: [], signal };
    return this.retry(signal, () =>
      this.#once.ask({ ...request, ...about, to: request.url }, request.url, request.headers),
    );
  }

  /** A token that is refused although it is new may be too new, or too old, for a clock that is wrong. */
  #skew({ status, headers }: Answer): string | undefined {
    const there = Date.parse(headers.date ?? "");
    if (status !== 401 || Number.isNaN(there)) return undefined;
    const minutes = Math.round((this.clock.now() - there) / 60_000);
    if (Math.abs(minutes) < 2) return undefined;
    const how = `${Math.abs(minutes)} minutes ${minutes < 0 ? "behind" : "ahead of"}`;
    return `the clock of this machine is ${how} that of \`${this.host}\`: set it right`;
  }
}
