/** Tells why a pull or push failed, from the engine's words. Pulling and pushing is left to `transfer.ts`. */
import type { DiagnosticError } from "../model/diagnostic.ts";
import { failure } from "./errors.ts";

export interface Transfer {
  readonly action: "pull" | "push";
  readonly reference: string;
  /** Host of the registry. */
  readonly host: string;
  /** Whether credentials were found for it. */
  readonly loggedIn: boolean;
}

/**
 * Sorts a failure by the engine's words, which are all that it gives: `image-not-found`,
 * `registry-denied`, `registry-unreachable`, else `pull-failed` or `push-failed`.
 * @param reason the engine's words
 */
export function transferError(
  transfer: Transfer,
  reason: string,
  cause?: unknown,
): DiagnosticError {
  const { action, reference, host } = transfer;
  const kind = kinds.find(({ when }) => when.test(reason));
  const code = kind?.code ?? `${action}-failed`;
  const message = `cannot ${action} \`${reference}\`: ${reason}`;
  const hint = kind?.hint(transfer) ?? `see whether \`docker ${action} ${reference}\` works`;
  return failure(code, "surroundings", message, {
    hint: hint.replaceAll("$host", host),
    ...(kind?.transient && { transient: true }),
    cause,
  });
}

interface Kind {
  readonly code: "image-not-found" | "registry-denied" | "registry-unreachable";
  readonly when: RegExp;
  /** It may pass by itself. */
  readonly transient?: true;
  hint(transfer: Transfer): string;
}

const logIn = ({ loggedIn }: Transfer) =>
  loggedIn
    ? "the credentials for `$host` may not allow it, see `docker login $host`"
    : "no credentials for `$host` were found, see `docker login $host`";

/** First match wins: refusals quote the address, and so words that mean something else elsewhere. */
const kinds: readonly Kind[] = [
  {
    code: "registry-unreachable",
    when: /HTTP response to HTTPS client/,
    hint: () =>
      "the registry speaks no TLS: list `$host` under `insecure-registries` of the engine",
  },
  {
    code: "registry-unreachable",
    when: /x509:|certificate/i,
    hint: () => "the engine does not trust the registry: put its CA in `/etc/docker/certs.d/$host`",
  },
  {
    code: "registry-unreachable",
    when: /toomanyrequests|429 Too Many/i,
    transient: true,
    hint: () => "the registry limits requests: wait, or log in with `docker login $host`",
  },
  {
    code: "registry-unreachable",
    when: /dial tcp|no such host|i\/o timeout|TLS handshake|deadline exceeded|connection (refused|reset)|request canceled|Client\.Timeout|unexpected HTTP status: 5\d\d|\bEOF$|proxyconnect|network is unreachable|server misbehaving|5\d\d (Service Unavailable|Bad Gateway|Gateway Time-?out|Internal Server Error)/i,
    transient: true,
    hint: () => "check that the engine can reach `$host`",
  },
  {
    // Docker Hub says this of private and of absent repositories alike.
    code: "image-not-found",
    when: /repository does not exist or may require/,
    hint: (transfer) => `check the name; ${logIn(transfer)}`,
  },
  {
    code: "registry-denied",
    when: /unauthorized|denied|no basic auth|authentication required|HTTP status: 40[13]|40[13] (Unauthorized|Forbidden)|insufficient_scope/i,
    hint: logIn,
  },
  {
    code: "image-not-found",
    when: /not found|manifest unknown|name unknown|does not exist|no such image/i,
    hint: () => "check the name and the tag",
  },
];
