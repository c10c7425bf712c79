/** Who asks, and whether they may: address, token, scope, limits. Knows no route. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type TokenScope, tokenScopes } from "../../../model/serve-options.ts";
import type { AccessToken } from "../../records/config.ts";
import { hashToken } from "../../records/token.ts";
import type { HttpSettings, Surroundings } from "../options.ts";
import { Refusal, tooMany } from "../refusal.ts";
import { limitedAs } from "./address.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { RateLimit } from "./rate-limit.ts";

export interface Caller {
  readonly address: string;
  readonly token?: AccessToken;
  /** What limits count for: the token, else the address. */
  readonly key: string;
}

export class Callers {
  readonly #settings: () => HttpSettings;
  readonly #failed: FailedAttempts;
  readonly #rate: RateLimit;

  constructor({ settings, clock, limits }: Surroundings) {
    this.#settings = settings;
    this.#failed = new FailedAttempts(clock);
    this.#rate = new RateLimit(clock, limits.rate);
  }

  /** A wrong token is refused even where none is needed: who sends one should hear that it is wrong. */
  identify({ headers }: IncomingMessage, address: string): Caller {
    const from = limitedAs(address);
    const given = headers.authorization;
    if (given === undefined) return { address, key: `address ${from}` };
    this.#notTooOften(from);
    const token = tokenIn(given, this.#settings().tokens);
    if (token === undefined) {
      this.#failed.add(from);
      throw wrongToken();
    }
    this.#failed.forget(from);
    return { address, token, key: `token ${token.name}` };
  }

  /** Of a webhook: who is shut out for a while, and who failed. */
  hookMayCome(name: string, { address }: Caller): void {
    this.#notTooOften(`${limitedAs(address)} ${name}`);
  }
  hookFailed(name: string, { address }: Caller): void {
    this.#failed.add(`${limitedAs(address)} ${name}`);
  }

  /** One more request. */
  count({ key }: Caller): void {
    const wait = this.#rate.take(key);
    if (wait > 0) throw tooMany("too-many-requests", "too many requests", wait);
  }

  allow(caller: Caller, scope: TokenScope): void {
    if (this.mayStill(caller, scope)) return;
    if (caller.token === undefined) throw needsToken();
    throw new Refusal(403, "missing-scope", `this needs a token with the scope \`${scope}\``, {
      hint: "ask who runs this server for one",
    });
  }

  /** By the settings of now: a token may have been taken away since it was seen. */
  mayStill({ token }: Caller, scope: TokenScope): boolean {
    const { read, tokens } = this.#settings();
    if (scope === "read" && read === "public") return true;
    const known = tokens.find(({ name, hash }) => name === token?.name && hash === token.hash);
    const highest = Math.max(-1, ...(known?.scopes ?? []).map((each) => tokenScopes.indexOf(each)));
    return highest >= tokenScopes.indexOf(scope);
  }

  #notTooOften(key: string): void {
    const wait = this.#failed.waitOf(key);
    if (wait > 0) throw tooMany("too-many-attempts", "too many wrong attempts", wait);
  }
}

const challenge = { "www-authenticate": 'Bearer realm="tbuild"' };

const wrongToken = () =>
  new Refusal(401, "wrong-token", "this token is not known", {
    headers: challenge,
    hint: "`authorization: Bearer TOKEN`, with a token of this server",
  });

const needsToken = () =>
  new Refusal(401, "needs-token", "this needs a token", {
    headers: challenge,
    hint: "send it as `authorization: Bearer TOKEN`",
  });

/** Compares with all of them, each in constant time: how long it takes tells nothing. */
function tokenIn(header: string, tokens: readonly AccessToken[]): AccessToken | undefined {
  const [, token] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header) ?? [];
  if (token === undefined) return undefined;
  const given = Buffer.from(hashToken(token));
  return tokens.filter(({ hash }) => isSameBytes(given, Buffer.from(hash))).at(0);
}

/** Of texts whose length is no secret. */
export function isSameText(a: string, b: string): boolean {
  return isSameBytes(Buffer.from(a), Buffer.from(b));
}

const isSameBytes = (a: Buffer, b: Buffer): boolean =>
  a.length === b.length && timingSafeEqual(a, b);
