/** What an answer of a registry means that is not the one hoped for, in words. Decides nothing. */
import type { DiagnosticError } from "../model/diagnostic.ts";
import type { Answer } from "./exchange.ts";
import { type Attempt, loginHint, problem, type Told } from "./problems.ts";

export interface Circumstances {
  /** Whether it was asked with credentials. */
  readonly hasCredentials: boolean;
  /** What to do about a clock that is wrong, where it is. */
  readonly skew?: string | undefined;
}

/** An answer that no other try makes better. */
export function refused(
  answer: Answer,
  attempt: Attempt,
  { hasCredentials, skew }: Circumstances,
): DiagnosticError {
  const said = errorsOf(answer);
  const { code, why, hint } = meaningOf(answer.status, said, { ...attempt, hasCredentials });
  const message = `cannot ${attempt.doing}: ${why} (${quoted(answer.status, said)})`;
  return problem({ code, message, hint: skew ?? hint });
}

/**
 * An answer that asks to come back, after all tries.
 * @param after milliseconds that the registry wants to be left alone, where they are too many to wait
 */
export function busy(answer: Answer, attempt: Attempt, after?: number): DiagnosticError {
  const said = errorsOf(answer);
  const shown = quoted(answer.status, said);
  const host = attempt.host;
  const told = (code: string, why: string, hint: string): Told => ({
    code,
    message: `cannot ${attempt.doing}: ${why} (${shown})`,
    hint,
    transient: true,
  });
  if (isFull(answer.status, said)) {
    return problem(told("registry-full", `\`${host}\` has no room left`, roomHint(attempt)));
  }
  if (answer.status === 429) {
    const long = after === undefined ? "" : ` for another ${Math.ceil(after / 60_000)} min`;
    const hint = `wait, or log in with \`docker login ${host}\`: many registries allow more then`;
    return problem(told("registry-limited", `\`${answer.url.host}\` limits requests${long}`, hint));
  }
  const hint = `try again later, or see the log of \`${answer.url.host}\``;
  return problem(told("registry-unreachable", `\`${answer.url.host}\` fails`, hint));
}

interface Meaning {
  readonly code: string;
  readonly why: string;
  readonly hint: string;
}

type Asked = Attempt & { readonly hasCredentials: boolean };

function meaningOf(status: number, said: RegistryError, asked: Asked): Meaning {
  const { host } = asked;
  const registry = `\`${host}\``;
  if (isFull(status, said)) {
    return { code: "registry-full", why: `${registry} has no room left`, hint: roomHint(asked) };
  }
  if (status === 413) {
    const hint = `raise the largest request that ${registry}, or the proxy before it, takes`;
    return { code: "registry-full", why: `${registry} takes nothing so large`, hint };
  }
  if (status === 401 || said.code === "UNAUTHORIZED") return noLogin(asked);
  if (status === 403 || said.code === "DENIED") return noAccess(asked);
  if (status === 407) {
    const hint = "write its credentials into `HTTP_PROXY`, as in `http://USER:PASSWORD@PROXY`";
    return {
      code: "registry-unreachable",
      why: `the proxy before ${registry} wants a login`,
      hint,
    };
  }
  if (status === 404 || said.code === "NAME_UNKNOWN") return notThere(said, asked);
  const hint = "see the log of the registry";
  return { code: "registry-refused", why: `${registry} refuses`, hint };
}

function noLogin({ host, hasCredentials }: Asked): Meaning {
  const why = hasCredentials ? "refuses the credentials" : "wants a login";
  const hint = loginHint(host, hasCredentials);
  return { code: "registry-unauthorized", why: `\`${host}\` ${why}`, hint };
}

function noAccess({ host, repository, hasCredentials }: Asked): Meaning {
  const hint = hasCredentials
    ? `check that your account at \`${host}\` has access to \`${repository}\``
    : `log in with \`docker login ${host}\`, by an account that has access to \`${repository}\``;
  return { code: "registry-denied", why: `\`${host}\` denies access`, hint };
}

function notThere({ code }: RegistryError, { host, repository }: Asked): Meaning {
  const isName = code === "NAME_UNKNOWN";
  const why = isName ? `\`${host}\` knows no \`${repository}\`` : `\`${host}\` has no such thing`;
  const hint = `check that \`${host}\` has \`${repository}\`; some registries want it created first`;
  return { code: "registry-name-unknown", why, hint };
}

/** Only the text tells: registries say it with 403 and 429, or with whatever their storage fails with. */
const isFull = (status: number, { message }: RegistryError): boolean =>
  status === 507 ||
  /storage (quota|limit)|quota (exceeded|reached)|exceeds? .*quota|no space|insufficient storage/i.test(
    message,
  );

const roomHint = ({ host, repository }: Attempt): string =>
  `make room for \`${repository}\` at \`${host}\``;

interface RegistryError {
  readonly code: string;
  readonly message: string;
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function errorsOf({ body }: Answer): RegistryError {
  try {
    const [first] = JSON.parse(body.toString("utf8"))?.errors ?? [];
    const code = String(first?.code ?? "");
    return { code, message: String(first?.message || code) };
  } catch {
    return { code: "", message: "" };
  }
}

/** The status, and what the registry says itself. */
function quoted(status: number, { message }: RegistryError): string {
  const text = message.replace(/\s+/g, " ").replaceAll("`", "'").trim().slice(0, 200);
  return text === "" ? String(status) : `${status}: \`${text}\``;
}
