/**
 * Answers what registries ask for: with a password, or with a token from the server that they name.
 * Credentials go to the host that they are for and to its token server, and nowhere else.
 */
import type { CredentialLookup, Credentials } from "../model/credentials.ts";
import { type Challenge, readChallenge } from "./challenge.ts";
import type { Clock } from "./clock.ts";
import { isLoopback } from "./endpoint.ts";
import type { Answer, HttpRequest } from "./exchange.ts";
import { unauthorized } from "./problems.ts";

export interface AuthorizerParts {
  /** As references name it: what its credentials are kept under. */
  readonly host: string;
  readonly credentials: CredentialLookup;
  readonly clock: Clock;
  /** One request to a token server, tried again where that helps. */
  readonly ask: (request: HttpRequest) => Promise<Answer>;
}

interface Token {
  readonly header: string;
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly until: number;
}

/** Seconds that a token holds where its server does not say. */
const defaultLife = 60;

/** Milliseconds before its end in which a token is not used any more: a request takes time too. */
const leeway = 5_000;

export class Authorizer {
  readonly #parts: AuthorizerParts;
  readonly #tokens = new Map<string, Promise<Token | undefined>>();
  #challenge: Challenge | undefined;
  #hasCredentials = false;

  constructor(parts: AuthorizerParts) {
    this.#parts = parts;
  }

  /**
   * What to send along; undefined while nobody asked, and for those who have no credentials.
   * @throws DiagnosticError where no token is given, and what looking up credentials throws
   */
  async header(scopes: readonly string[]): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    if (challenge.kind === "basic") return basic(await this.#credentials());
    const known = await this.#tokens.get(scopes.join(" "));
    if (known && known.until > this.#parts.clock.now()) return known.header;
    return (await this.#fetch(challenge, scopes))?.header;
  }

  /** Takes from an answer 401 what the registry asks for. */
  hear({ headers }: Answer): Challenge | undefined {
    const challenge = readChallenge(headers["www-authenticate"]);
    this.#challenge = challenge ?? this.#challenge;
    return challenge;
  }

  /**
   * Learns from an answer 401.
   * @returns whether what was sent was old or nothing, so that another try may do better
   * @throws what `header` throws
   */
  async learn(answer: Answer, sent: string | undefined, scopes: readonly string[]) {
    const challenge = this.hear(answer);
    if (challenge?.kind !== "bearer") {
      // Several requests may have gone out before the first of them was told to log in.
      return challenge !== undefined && sent === undefined && (await this.header(scopes)) !== sent;
    }
    const key = scopes.join(" ");
    // Another request may have a new one already, or be about to.
    if (sent !== undefined && (await this.#tokens.get(key))?.header === sent) {
      this.#tokens.delete(key);
    }
    return true;
  }

  /** Whether there were credentials when they were last asked for. */
  get hasCredentials(): boolean {
    return this.#hasCredentials;
  }

  async #credentials(): Promise<Credentials | undefined> {
    const found = await this.#parts.credentials(this.#parts.host);
    this.#hasCredentials = found !== undefined;
    return found;
  }

  /** One token for many requests that ask at the same time. */
  async #fetch(
    challenge: Challenge & { kind: "bearer" },
    scopes: readonly string[],
  ): Promise<Token | undefined> {
    const key = scopes.join(" ");
    const before = this.#tokens.get(key);
    const known = await before;
    if (known && known.until > this.#parts.clock.now()) return known;
    // Somebody else may have begun while this one waited.
    const current = this.#tokens.get(key);
    if (current !== before && current !== undefined) return current;
    const token = this.#askForToken(challenge, scopes);
    this.#tokens.set(key, token);
    token.catch(() => this.#tokens.delete(key));
    return token;
  }

  async #askForToken(
    { realm, service }: Challenge & { kind: "bearer" },
    scopes: readonly string[],
  ): Promise<Token> {
    const { host, clock, ask } = this.#parts;
    if (!URL.canParse(realm)) throw unauthorized(host, `its token server \`${realm}\` is no URL`);
    const url = new URL(realm);
    const credentials = await this.#credentials();
    if (credentials !== undefined && url.protocol !== "https:" && !isLoopback(url.hostname)) {
      throw unauthorized(host, `its token server \`${url.origin}\` is not encrypted`);
    }
    const request = tokenRequest(url, { service, scopes }, credentials);
    const answer = await ask(request);
    if (answer.status !== 200) {
      const why = `its token server \`${url.host}\` answers ${answer.status}`;
      throw unauthorized(host, why, credentials !== undefined);
    }
    const token = readToken(answer.body);
    if (token === undefined)
      throw unauthorized(host, `its token server \`${url.host}\` answers without a token`);
    return { header: `Bearer ${token.text}`, until: clock.now() + token.seconds * 1000 - leeway };
  }
}

function basic(credentials: Credentials | undefined): string | undefined {
  // A registry that asks for passwords has no use for an identity token.
  if (credentials === undefined || !("password" in credentials)) return undefined;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

interface Wanted {
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

/** @see https://distribution.github.io/distribution/spec/auth/oauth/ for identity tokens */
function tokenRequest(
  realm: URL,
  { service, scopes }: Wanted,
  credentials: Credentials | undefined,
): HttpRequest {
  if (credentials !== undefined && "identityToken" in credentials) {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: credentials.identityToken,
      client_id: "tbuild",
      scope: scopes.join(" "),
      ...(service && { service }),
    });
    const bytes = Buffer.from(form.toString());
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url: realm, headers, body: { size: bytes.length, open: () => bytes } };
  }
  const url = new URL(realm);
  if (service) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const authorization = basic(credentials);
  return { method: "GET", url, headers: authorization === undefined ? {} : { authorization } };
}

function readToken(body: Buffer): { readonly text: string; readonly seconds: number } | undefined {
  let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  const text = answer?.token ?? answer?.access_token;
  if (typeof text !== "string" || text === "") return undefined;
  const seconds = Number(answer?.expires_in);
  return { text, seconds: seconds > 0 ? seconds : defaultLife };
}
