/** Reads bodies within limits: of each, and of all that are held at the same time. */
import type { IncomingMessage } from "node:http";
import { Refusal } from "../refusal.ts";

export class Bodies {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Calls `use` with the body, which counts as held until that is done.
   * @throws Refusal when it is too large, when there are too many, or when it ends too soon
   */
  async with<T>(
    request: IncomingMessage,
    limit: number,
    use: (body: Buffer) => Promise<T>,
  ): Promise<T> {
    if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
    let own = 0;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of untilBroken(request)) {
        own += chunk.length;
        this.#held += chunk.length;
        if (own > limit) throw tooLarge(limit);
        if (this.#held > this.#most) throw tooBusy();
        chunks.push(chunk);
      }
      return await use(Buffer.concat(chunks));
    } finally {
      this.#held -= own;
    }
  }
}

/** The request itself must live on after a refusal: the answer goes over the same connection. */
async function* untilBroken(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    throw new Refusal(400, "broken-body", "the body ended too soon");
  }
}

const tooLarge = (limit: number) =>
  new Refusal(413, "body-too-large", `the body is larger than ${limit} bytes`);

const tooBusy = () =>
  new Refusal(503, "too-many-bodies", "too much is being sent at the moment", {
    headers: { "retry-after": "5" },
    hint: "send it again in a few seconds",
  });
