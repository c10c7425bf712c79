/** What a registry's answers mean to the user, in words. Decides nothing. */
import { DiagnosticError } from "../model/diagnostic.ts";
import type { Answer } from "./exchange.ts";

/** What was tried, and where. */
export interface Attempt {
  /** As references name it. */
  readonly host: string;
  readonly repository: string;
  /** To follow "cannot": ``push a blob to `host/team/web` ``. */
  readonly doing: string;
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export const problem = ({ code, message, hint }: Told, cause?: unknown): DiagnosticError =>
  new DiagnosticError({ code, blame: "surroundings", message, hint }, { cause });

/** Who is asked for credentials and has none, or the wrong ones. */
export function unauthorized(host: string, why: string, hasCredentials = false): DiagnosticError {
  const hint = hasCredentials
    ? `its credentials are refused: log in again with \`docker login ${host}\``
    : `log in with \`docker login ${host}\``;
  return problem({
    code: "registry-unauthorized",
    message: `${host} gives no access: ${why}`,
    hint,
  });
}

/** An answer that no other try makes better. */
export function refused(answer: Answer, attempt: Attempt, skew?: string): DiagnosticError {
  const { host, doing } = attempt;
  const said = errorsOf(answer);
  const why = said.message ? `says \`${oneLine(said.message)}\`` : `answers ${answer.status}`;
  const told = knownRefusal(answer.status, said, attempt) ?? {
    code: "registry-refused",
    hint: "see the log of the registry",
  };
  const shown = skew === undefined ? told : { code: told.code, hint: skew };
  return problem({ ...shown, message: `cannot ${doing}: ${host} ${why}` });
}

/** No answer, or only such as ask to come back. */
export function unreachable(
  { host, doing }: Attempt,
  why: string,
  cause?: unknown,
): DiagnosticError {
  return new DiagnosticError(
    {
      code: "registry-unreachable",
      blame: "surroundings",
      message: `cannot ${doing}: ${why}`,
      hint: `check that ${host} can be reached, and try again`,
      transient: true,
    },
    { cause },
  );
}

/** A certificate is as it is, however often it is looked at. */
export function untrusted({ host, doing }: Attempt, why: string, cause: unknown): DiagnosticError {
  const isTime = /not yet valid|expired/i.test(why);
  const hint = isTime
    ? `check the clock of this machine, and the certificate of ${host}`
    : `put the CA of ${host} into \`/etc/docker/certs.d/${host}/ca.crt\`, or name it in \`SSL_CERT_FILE\``;
  return problem({ code: "registry-untrusted", message: `cannot ${doing}: ${why}`, hint }, cause);
}

function knownRefusal(
  status: number,
  { code, message }: RegistryError,
  { host, repository }: Attempt,
): Omit<Told, "message"> | undefined {
  const isFull = /quota|storage limit|no space|insufficient storage/i.test(message);
  if (status === 507 || isFull) {
    return { code: "registry-full", hint: `make room for \`${repository}\` at ${host}` };
  }
  if (status === 413) {
    return {
      code: "registry-full",
      hint: `raise the largest request that ${host}, or the proxy before it, takes`,
    };
  }
  if (status === 401 || code === "UNAUTHORIZED") {
    return { code: "registry-unauthorized", hint: `log in with \`docker login ${host}\`` };
  }
  if (status === 403 || code === "DENIED") {
    return {
      code: "registry-denied",
      hint: `check that your account at ${host} has access to \`${repository}\``,
    };
  }
  if (status === 404 || code === "NAME_UNKNOWN") {
    return {
      code: "registry-name-unknown",
      hint: `check that ${host} has \`${repository}\`; some registries want it created first`,
    };
  }
  return undefined;
}

interface RegistryError {
  readonly code: string;
  readonly message: string;
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export function errorsOf({ body }: Answer): RegistryError {
  try {
    const [first] = JSON.parse(body.toString("utf8"))?.errors ?? [];
    const code = String(first?.code ?? "");
    return { code, message: String(first?.message || code) };
  } catch {
    return { code: "", message: "" };
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 200);

/** In words, why a connection failed; undefined for what is no matter of a connection. */
export function whyNoConnection(error: unknown, host: string): string | undefined {
  const { code = "", message, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  // A name with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.length > 0) return whyNoConnection(errors[0], host);
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `host of \`${host}\` was not found`;
    case "ECONNREFUSED":
      return message.startsWith("proxy ")
        ? `${message} for ${host}`
        : `${host} refuses connections`;
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${host} does not answer`;
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return `${host} broke the connection off`;
  }
  return isTlsProblem(code) ? `no secure connection to ${host}: ${message}` : undefined;
}

export const isTlsProblem = (code: string): boolean =>
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|HPE_)/.test(code);
