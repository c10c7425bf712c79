/** One HTTP request and its whole answer, by a connection that is given. Knows neither retries nor registries. */
import http, {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import https from "node:https";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface Body {
  /** Bytes. */
  readonly size: number;
  /** Opened anew for each try. */
  readonly open: () => Readable | Uint8Array;
  /** Told how many bytes of it were taken. */
  readonly onProgress?: (done: number) => void;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Takes the body of an answer 200 as it comes, which then is not kept as a whole. */
  readonly take?: (content: AsyncIterable<Uint8Array>) => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Where it came from, redirects followed. */
  readonly url: URL;
}

/** What was to be sent cannot be read: to try again is no use. */
export class SourceError extends Error {}

/** No answer of a registry that is read as a whole is larger: manifests may have 4 MB. */
const largestAnswer = 8 << 20;

export interface Way {
  readonly options: http.RequestOptions;
  /** Milliseconds without a byte after which the other side counts as gone. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** @throws SourceError, or what node says of the connection */
export async function exchange(request: HttpRequest, way: Way): Promise<Answer> {
  const { url, method, body } = request;
  const length = body === undefined ? {} : { "content-length": String(body.size) };
  const headers = { "user-agent": "tbuild", ...request.headers, ...length };
  const source = opened(body);
  const { request: start } = url.protocol === "https:" ? https : http;
  // One of its own: node warns of many listeners on a signal that many requests share.
  const signal = AbortSignal.any([way.signal]);
  const outgoing = start(url, { ...way.options, method, headers, signal });
  let silence: Error | undefined;
  outgoing.setTimeout(way.patience, () => {
    silence = stalled(outgoing, way.patience);
    outgoing.destroy(silence);
  });
  const sent = send(outgoing, source, body);
  try {
    const incoming = await answerTo(outgoing).catch(async (error) => {
      // A source that failed broke the connection too, and is the better reason.
      await sent;
      throw error;
    });
    const whole = await readBody(incoming, request).catch((error) => {
      // Node tells a connection that we gave up as one that broke.
      throw silence ?? error;
    });
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: whole, url };
  } finally {
    // After an early answer the rest of the body is on its way: that connection is good for nothing.
    if (!outgoing.writableFinished) outgoing.destroy();
  }
}

async function readBody(incoming: IncomingMessage, { take }: HttpRequest): Promise<Buffer> {
  if (take === undefined || incoming.statusCode !== 200) return readWhole(incoming);
  await take(incoming);
  return Buffer.alloc(0);
}

/** A connection that was never made did not stall. */
function stalled({ socket }: ClientRequest, patience: number): Error {
  if (socket?.connecting !== false) {
    return Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
  }
  const error = new Error(`was silent for ${patience / 1000} s`);
  return Object.assign(error, { code: "ERR_STALLED" });
}

type Source = Readable | Uint8Array | undefined;

function opened(body: Body | undefined): Source {
  try {
    return body?.open();
  } catch (error) {
    throw new SourceError((error as Error).message, { cause: error });
  }
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
  });
}

/** Rejects only for what the source does: errors of the connection are told where the answer is awaited. */
function send(outgoing: ClientRequest, source: Source, body: Body | undefined): Promise<void> {
  if (body === undefined || source === undefined || source instanceof Uint8Array) {
    outgoing.end(source);
    return Promise.resolve();
  }
  let problem: Error | undefined;
  const note = (error: Error) => {
    if (!outgoing.destroyed) problem ??= new SourceError(error.message, { cause: error });
  };
  const counter = countBytes(body);
  source.once("error", note);
  counter.once("error", note);
  const sent = pipeline(source, counter, outgoing).catch(() => {
    if (problem !== undefined) throw problem;
  });
  sent.catch(() => undefined);
  return sent;
}

function countBytes({ onProgress, size }: Body): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      if (done > size) return next(new Error(`more than ${size} bytes`));
      onProgress?.(done);
      next(null, chunk);
    },
    flush: (next) => next(done < size ? new Error(`${done} of ${size} bytes`) : null),
  });
}

async function readWhole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > largestAnswer) throw new Error(`an answer of more than ${largestAnswer} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
