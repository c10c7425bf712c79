/**
 * Calls of the engine's API that dockerode has no fitting method for, over the connection settings
 * that it holds. What the calls mean, and what their errors do, is left to the callers.
 */
import type { OutgoingHttpHeaders } from "node:http";
import type Dockerode from "dockerode";

export interface Call {
  /** Ends with `?` when `options` are to be its query. */
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly options?: Readonly<Record<string, unknown>>;
  readonly headers?: OutgoingHttpHeaders;
  /** Body, as a tar. */
  readonly file?: NodeJS.ReadableStream;
  readonly abortSignal?: AbortSignal;
  /** Resolve with the response as soon as its head is there. */
  readonly isStream?: boolean;
  /** Resolve with the connection, after a change of protocol. */
  readonly hijack?: boolean;
  readonly statusCodes: Readonly<Record<number, true>>;
}

/**
 * @returns the response stream, the hijacked connection, or the decoded body
 * @throws the system's error of a failed connection, or an Error with `statusCode`
 */
export function dial(engine: Dockerode, call: Call): Promise<unknown> {
  // The modem deletes from the options that it is given, hence the copy.
  const own = { ...call, ...(call.options === undefined ? {} : { options: { ...call.options } }) };
  return new Promise((resolve, reject) => {
    engine.modem.dial(own, (error: unknown, answer: unknown) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

/** Where the engine is, for messages. */
export function addressOf(engine: Dockerode): string {
  const { socketPath, socketPathCache, host, port, protocol } = engine.modem as unknown as Address;
  if (host) return `${protocol}://${host}${port ? `:${port}` : ""}`;
  const path = typeof socketPath === "string" ? socketPath : socketPathCache;
  return typeof path === "string" ? `unix://${path}` : "its usual place";
}

/** What the modem keeps of its options, undeclared by its types. */
interface Address {
  readonly socketPath?: unknown;
  /** What a `socketPath` that is a function returned, or a promise of it. */
  readonly socketPathCache?: unknown;
  readonly host?: string;
  readonly port?: string | number;
  readonly protocol?: string;
}
