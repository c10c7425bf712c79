/** Turns what dockerode throws into diagnostics and abort errors. What a status means to one operation is told there. */
import { type Blame, type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";

/** Where something was going on when it failed. */
export interface Surroundings {
  /** The engine's address as the user would write it in DOCKER_HOST. */
  readonly address: string;
  /** What was tried, to follow "cannot": "list the images". */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Translates any error of an operation: an abort error when `signal` asked for it,
 * `engine-unreachable` when the connection failed or broke, `engine-failed` for a status that the
 * operation itself did not expect. Diagnostics, and errors that are not the engine's, stay.
 */
export function translateError(error: unknown, { address, doing, signal }: Surroundings): unknown {
  if (isAbort(error)) return error;
  if (signal?.aborted) return abortError(signal, error);
  if (error instanceof DiagnosticError) return error;
  const unreachable = unreachableProblem(error);
  if (unreachable) return engineUnreachable(address, unreachable, error);
  if (isLostConnection(error)) return connectionLost(address, doing, error);
  const status = statusOf(error);
  if (status === undefined) return error;
  return failure("engine-failed", "surroundings", `cannot ${doing}: ${reasonOf(error)}`, {
    ...(isBusy(status) && { transient: true }),
    cause: error,
  });
}

/** The HTTP status that the engine answered with; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === "number" ? status : undefined;
}

/** A status that may pass: the server is at fault, or has too much to do. */
export const isBusy = (status: number): boolean => status >= 500 || status === 429;

/** The engine's own words, without what dockerode puts around them. */
export function reasonOf(error: unknown): string {
  const { json, message } = error as { json?: { message?: unknown } | null; message?: unknown };
  if (typeof json?.message === "string") return json.message.trim();
  const text = typeof message === "string" ? message : String(error);
  return text.replace(/^\(HTTP code \d+\) .*? - /, "").trim();
}

/** A diagnostic to throw; `cause` keeps what it was made from. */
export function failure(
  code: string,
  blame: Blame,
  message: string,
  more: Pick<Diagnostic, "hint" | "details" | "exitCode" | "transient"> & { cause?: unknown } = {},
): DiagnosticError {
  const { cause, ...rest } = more;
  return new DiagnosticError({ code, blame, message, ...rest }, { cause });
}

/** A diagnostic to throw: nobody answers at the address, or nobody who may be talked to. */
export function engineUnreachable(
  address: string,
  { why, hint, transient }: UnreachableEngine,
  cause?: unknown,
): DiagnosticError {
  const message = `cannot reach the Docker Engine at ${address}: ${why}`;
  const more = { hint, ...(transient && { transient }), cause };
  return failure("engine-unreachable", "surroundings", message, more);
}

/** What an operation ends with after `signal` aborted; its name is `AbortError`. */
export function abortError(signal: AbortSignal, cause?: unknown): Error {
  const reason: unknown = signal.reason;
  if (isAbort(reason)) return reason;
  const error = new Error("the operation was aborted", { cause: reason ?? cause });
  error.name = "AbortError";
  return error;
}

/** @throws the `AbortError` of `abortError` */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/**
 * Settles as the promise does, or rejects as soon as the signal aborts: dockerode leaves some
 * answers unsettled when their connection is cut.
 */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortError(signal));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isAbort(error: unknown): error is Error {
  return (error as { name?: unknown } | undefined)?.name === "AbortError";
}

export interface UnreachableEngine {
  readonly why: string;
  readonly hint: string;
  /** It may pass by itself, as when the engine is started again. */
  readonly transient?: true;
}

const otherEngine = "or set DOCKER_HOST";

const connectProblems: Readonly<Record<string, UnreachableEngine>> = {
  ENOENT: {
    why: "no such socket",
    hint: `start one with ./scripts/engine start, ${otherEngine}`,
    transient: true,
  },
  EACCES: {
    why: "permission denied",
    hint: `add your user to the \`docker\` group, ${otherEngine}`,
  },
  ECONNREFUSED: {
    why: "connection refused",
    hint: `start the engine, ${otherEngine}`,
    transient: true,
  },
  ENOTFOUND: { why: "no such host", hint: "check the host name in DOCKER_HOST" },
  EAI_AGAIN: {
    why: "the host name cannot be looked up",
    hint: "check the network",
    transient: true,
  },
  ETIMEDOUT: {
    why: "no answer",
    hint: `check the network and the port, ${otherEngine}`,
    transient: true,
  },
  EHOSTUNREACH: {
    why: "no route to the host",
    hint: `check the network, ${otherEngine}`,
    transient: true,
  },
  ENETUNREACH: {
    why: "no route to the network",
    hint: `check the network, ${otherEngine}`,
    transient: true,
  },
};

/** Errors before the engine answered. File systems use the same codes, so the system call counts too. */
function unreachableProblem(error: unknown): UnreachableEngine | undefined {
  const { code, syscall, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  // A name with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.length > 0) return unreachableProblem(errors[0]);
  if (syscall === "connect" || syscall === "getaddrinfo")
    return connectProblems[code ?? ""] ?? { why: reasonOf(error), hint: "check DOCKER_HOST" };
  if (isTlsProblem(error))
    return { why: reasonOf(error), hint: "check DOCKER_CERT_PATH and DOCKER_TLS_VERIFY" };
  if (statusOf(error) === 400 && /HTTP request to an HTTPS server/.test(reasonOf(error)))
    return { why: "it wants TLS", hint: "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH" };
  return undefined;
}

function isTlsProblem(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  return /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$)/.test(
    code,
  );
}

function isLostConnection(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "EPIPE") return true;
  return code === "ETIMEDOUT" && syscall === "read";
}

function connectionLost(address: string, doing: string, cause: unknown): DiagnosticError {
  const message = `cannot ${doing}: lost the connection to the Docker Engine at ${address}`;
  return failure("engine-unreachable", "surroundings", message, {
    hint: "see the engine's log, and try again",
    transient: true,
    cause,
  });
}
