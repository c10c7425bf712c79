/** What a connection to a registry that failed means, in words. Decides nothing. */
import type { DiagnosticError } from "../model/diagnostic.ts";
import { ProxyError } from "../net/proxy.ts";
import { type Attempt, problem, type Told } from "./problems.ts";

/**
 * @param host that was connected to: of the registry, or where it led
 * @returns undefined for what is no matter of a connection; without `transient` what no other try makes better
 */
export function lostConnection(
  error: unknown,
  attempt: Attempt,
  host: string,
): DiagnosticError | undefined {
  const { errors } = error as { errors?: unknown[] };
  // A name with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.length > 0) return lostConnection(errors[0], attempt, host);
  const told = proxyProblem(error, host) ?? tlsProblem(error, host) ?? networkProblem(error, host);
  if (told === undefined) return undefined;
  return problem({ ...told, message: `cannot ${attempt.doing}: ${told.message}` }, error);
}

function proxyProblem(error: unknown, host: string): Told | undefined {
  if (!(error instanceof ProxyError)) return undefined;
  const message = `${error.message} for \`${host}\``;
  if (error.status === 407) {
    const hint = "write its credentials into `HTTPS_PROXY`, as in `http://USER:PASSWORD@PROXY`";
    return { code: "registry-unreachable", message, hint };
  }
  const hint = "check `HTTPS_PROXY` and `NO_PROXY`, and that the proxy runs";
  return { code: "registry-unreachable", message, hint, transient: true };
}

/** A certificate is as it is, however often it is looked at. */
function tlsProblem(error: unknown, host: string): Told | undefined {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (!isTlsProblem(code)) return undefined;
  if (isPlainAnswer(code, message)) {
    return {
      code: "registry-untrusted",
      message: `\`${host}\` speaks no TLS`,
      hint: `if it should not, say so in the target file: \`registries: { "${host}": { insecure: true } }\``,
    };
  }
  const isTime = /not yet valid|expired/i.test(message);
  return {
    code: "registry-untrusted",
    message: `no secure connection to \`${host}\`: ${message}`,
    hint: isTime
      ? `check the clock of this machine, and the certificate of \`${host}\``
      : `put the CA of \`${host}\` into \`/etc/docker/certs.d/${host}/ca.crt\`, or name it in \`SSL_CERT_FILE\``,
  };
}

/** What a client of TLS makes of an answer in plain HTTP. */
const isPlainAnswer = (code: string, message: string): boolean =>
  /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code) ||
  /wrong version number|packet length too long|http request/i.test(message);

const isTlsProblem = (code: string): boolean =>
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|HPE_)/.test(code);

function networkProblem(error: unknown, host: string): Told | undefined {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const why = networkWords(code, message, host);
  if (why === undefined) return undefined;
  const hint =
    code === "ENOTFOUND" || code === "EAI_AGAIN"
      ? "check the name of the registry, and the network"
      : `check that \`${host}\` can be reached, and try again`;
  return { code: "registry-unreachable", message: why, hint, transient: true };
}

function networkWords(code: string, message: string, host: string): string | undefined {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `host of \`${host}\` was not found`;
    case "ECONNREFUSED":
      return `\`${host}\` refuses connections`;
    case "ERR_STALLED":
      return `\`${host}\` ${message}`;
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `\`${host}\` does not answer`;
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return `\`${host}\` broke the connection off`;
    default:
      return undefined;
  }
}
