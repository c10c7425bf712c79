/**
 * Sends a request once, and tells what its failure means: whether another try may do better, and when.
 * Trying again is left to `retry.ts`, credentials to the client.
 */
import type { Clock } from "./clock.ts";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { answeringHost, isLoopback } from "./endpoint.ts";
import { type Answer, SourceError } from "./exchange.ts";
import { lostConnection } from "./lost-connection.ts";
import type { Attempt } from "./problems.ts";
import { busy } from "./refusals.ts";
import type { RegistryRequest } from "./request.ts";
import { longestAskedFor, retryAfter, Transient } from "./retry.ts";

export interface TryOptions extends ConnectionOptions {
  /** As references name it. */
  readonly host: string;
  /** Whether it may be spoken to without TLS; this machine always may. */
  readonly insecure?: boolean;
}

export interface FoundBase {
  readonly base: URL;
  /** To the request itself, sent without credentials, where that was the question that found it. */
  readonly answer?: Answer;
}

/** A host that never answered is more likely misspelt than busy. */
const triesOfUnknown = 3;

export class OneTry {
  readonly #options: TryOptions;
  readonly #clock: Clock;
  readonly #connections: Connections;
  /** Whether the host ever answered. */
  #isKnown = false;
  /** When a registry that asked for a pause may be asked again. */
  #pausedUntil = 0;

  constructor(options: TryOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#connections = new Connections(options);
  }

  /** @throws Transient where another try may do better */
  async ask(
    request: RegistryRequest,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { method, body, take, signal } = request;
    const pause = this.#pausedUntil - this.#clock.now();
    if (pause > 0) await this.#clock.sleep(pause, signal);
    let answer: Answer;
    try {
      const wanted = { method, url, headers, ...(body && { body }), ...(take && { take }) };
      answer = await this.#connections.exchange(wanted, signal);
    } catch (error) {
      throw this.#lost(error, request, url);
    }
    return this.worth(answer, request);
  }

  /** @throws Transient where the answer is about now, and not about the request */
  worth(answer: Answer, request: RegistryRequest): Answer {
    this.#isKnown = true;
    if (!isPassing(answer.status)) return answer;
    const after = retryAfter(answer.headers["retry-after"], this.#clock.now());
    if (after !== undefined && answer.status === 429) {
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + after);
    }
    const tooLong = after !== undefined && after > longestAskedFor ? after : undefined;
    throw new Transient(busy(answer, this.#attempt(request), tooLong), { after });
  }

  /**
   * Where the API answers. This machine, and who is said to be insecure, may speak TLS or not: that is found
   * out. Without TLS first, since reading the certificates that one trusts takes longer than the question.
   * The request itself is the question where it only reads, so that nothing more is asked than is wanted.
   * @throws DiagnosticError where nobody answers
   */
  async findBase(request: RegistryRequest): Promise<FoundBase> {
    const { host, insecure } = this.#options;
    const secure = new URL(`https://${answeringHost(host)}`);
    const plain = new URL(`http://${host}`);
    const maySpeakPlain = insecure || isLoopback(secure.hostname);
    if (isQuestion(request)) {
      if (maySpeakPlain) return this.#findBy(request, plain, secure);
      const answer = await this.#answerAt(secure, request);
      return { base: secure, ...(answer && { answer }) };
    }
    if (!maySpeakPlain) return { base: secure };
    const { base } = await this.#findBy(emptyQuestion(request), plain, secure);
    return { base };
  }

  async #findBy(question: RegistryRequest, plain: URL, secure: URL): Promise<FoundBase> {
    const first = await this.#answerAt(plain, question);
    // Servers that want TLS answer 400 to what is none, or break off.
    if (first !== undefined && first.status !== 400) return { base: plain, answer: first };
    const second = await this.#answerAt(secure, question);
    if (second !== undefined) return { base: secure, answer: second };
    return { base: plain, ...(first && { answer: first }) };
  }

  /** Undefined where the connection is none of this kind. */
  async #answerAt(base: URL, request: RegistryRequest): Promise<Answer | undefined> {
    const { method, headers = {}, signal } = request;
    try {
      const url = urlOf(request, base);
      return await this.#connections.exchange({ method, url, headers }, signal);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const isOtherWay =
        base.protocol === "http:"
          ? /^(ECONNRESET|HPE_.*)$/.test(code)
          : /^(EPROTO|ERR_SSL_.*|HPE_.*)$/.test(code);
      if (isOtherWay) return undefined;
      throw this.#lost(error, request, base);
    }
  }

  close(): void {
    this.#connections.close();
  }

  #lost(error: unknown, request: RegistryRequest, url: URL): unknown {
    if (request.signal.aborted) return request.signal.reason;
    if (error instanceof SourceError) return error;
    const problem = lostConnection(error, this.#attempt(request), url.host);
    if (problem === undefined) return error;
    if (!problem.diagnostic.transient) return problem;
    return new Transient(problem, this.#isKnown ? {} : { tries: triesOfUnknown });
  }

  #attempt({ repository, doing }: RegistryRequest): Attempt {
    return { host: this.#options.host, repository, doing };
  }
}

/** Whether it may be the first thing that a registry hears: nothing is sent, and little comes back. */
const isQuestion = ({ method, take, to }: RegistryRequest): boolean =>
  (method === "GET" || method === "HEAD") && take === undefined && typeof to === "string";

/** One about nothing, where what is wanted is no question. */
const emptyQuestion = ({ repository, doing, signal }: RegistryRequest): RegistryRequest => ({
  method: "GET",
  to: "",
  scopes: [],
  repository,
  doing,
  signal,
});

/** Where a registry is asked that answers at `base`. */
export const urlOf = ({ to }: RegistryRequest, base: URL): URL =>
  typeof to === "string" ? new URL(`/v2/${to}`, base) : to;

/** Answers that are about now, not about the request. */
const isPassing = (status: number): boolean =>
  status === 408 ||
  status === 425 ||
  status === 429 ||
  (status >= 500 && ![501, 505, 507].includes(status));
