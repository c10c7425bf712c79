/**
 * Streams a URL to a file and hashes it meanwhile. How the connection is made is told by
 * `http-request.ts`; what the digest must be, by the caller.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { abortError, isBusy, throwIfAborted } from "../../docker/errors.ts";
import { ProxyError } from "../../net/proxy.ts";
import { type HttpSurroundings, requestUrl } from "./http-request.ts";

export type DownloadOutcome =
  /** `sha256` is plain hexadecimal. */
  { readonly kind: "done"; readonly sha256: string } | NotToBeHad;

interface NotToBeHad {
  readonly kind: "unavailable";
  readonly why: string;
  /** It may pass by itself. */
  readonly transient?: true;
}

interface DownloadOptions extends HttpSurroundings {
  readonly onProgress: (done: number, total?: number) => void;
}

/** Redirects that are followed, as curl has it by default in scripts: few need more than two. */
const mostRedirects = 10;

/** Not there, not reachable, broken off: all of that is `unavailable`. A disk that is full throws. */
export async function download(
  url: string,
  to: string,
  options: DownloadOptions,
): Promise<DownloadOutcome> {
  throwIfAborted(options.signal);
  try {
    const opened = await open(new URL(url), options, mostRedirects);
    if ("why" in opened) return { kind: "unavailable", ...opened };
    return { kind: "done", sha256: await store(opened, to, options) };
  } catch (error) {
    if (options.signal.aborted) throw abortError(options.signal, error);
    return { kind: "unavailable", ...whyNot(error, new URL(url)) };
  }
}

type WhyNot = Omit<NotToBeHad, "kind">;

interface Opened {
  readonly body: Readable;
  readonly size?: number;
}

async function open(
  url: URL,
  options: DownloadOptions,
  redirects: number,
): Promise<Opened | WhyNot> {
  if (url.protocol === "file:") return { body: createReadStream(fileURLToPath(url)) };
  const response = await requestUrl(url, options);
  const status = response.statusCode ?? 0;
  if (status === 200) return { body: response, ...sizeOf(response) };
  response.destroy();
  const { location } = response.headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
    const why = `${url.host} answers ${status} ${response.statusMessage ?? ""}`.trim();
    return { why, ...(isBusy(status) && { transient: true }) };
  }
  if (redirects === 0) return { why: `${url.host} redirects more than ${mostRedirects} times` };
  const next = new URL(location, url);
  if (!isSafeRedirect(url, next)) return { why: `${url.host} redirects to \`${next.protocol}\`` };
  return open(next, options, redirects - 1);
}

/** Never to a file, and never from an encrypted connection to a plain one. */
const isSafeRedirect = (from: URL, to: URL): boolean =>
  to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:");

function sizeOf({ headers }: IncomingMessage): { readonly size?: number } {
  const size = Number(headers["content-length"]);
  return Number.isFinite(size) ? { size } : {};
}

async function store(
  { body, size }: Opened,
  to: string,
  { onProgress, signal }: DownloadOptions,
): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk);
      done += chunk.length;
      onProgress(done, size);
      next(null, chunk);
    },
  });
  await pipeline(body, counter, createWriteStream(to), { signal });
  return hash.digest("hex");
}

/** In words; what is no matter of the connection is thrown on. */
function whyNot(error: unknown, { host, pathname }: URL): WhyNot {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (error instanceof ProxyError) return { why: `${message} for ${host}`, transient: true };
  switch (code) {
    case "ENOENT":
    case "EISDIR":
      return { why: `\`${pathname}\` is no file` };
    case "ENOTFOUND":
      return { why: `host of \`${host}\` was not found` };
    case "EAI_AGAIN":
      return { why: `host of \`${host}\` was not found`, transient: true };
    case "ECONNREFUSED":
      return { why: `${host} refuses connections`, transient: true };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { why: `${host} does not answer`, transient: true };
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return { why: `${host} broke the connection off`, transient: true };
  }
  if (/^(ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|ERR_SSL|HPE_)/.test(code)) {
    return { why: `no secure connection to ${host}: ${message}` };
  }
  throw error;
}
