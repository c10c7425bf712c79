/**
 * What happens on the server, live: one stream for the whole page, connected again when it breaks, from where
 * it broke. Read with `fetch`, since an `EventSource` cannot send a token.
 */
import type { ServerEvent } from "../../server/core.ts";
import { type Api, ApiError } from "./client.ts";
import { EventReader, type StreamEvent } from "./sse.ts";

export type Connection = "connecting" | "connected" | "away" | "signed-out";

export type LiveEvent =
  | ServerEvent
  /** Events were missed: what is shown must be read anew. */
  | { readonly kind: "reset" }
  | { readonly kind: "connection"; readonly connection: Connection };

/** The server says something every 15 s: after this a silent connection is a broken one. */
const silenceMs = 45_000;
const longestWaitMs = 20_000;

export class Live {
  connection: Connection = "connecting";
  readonly #api: Api;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #lastId: string | undefined;
  #failures = 0;
  #round = 0;
  #open: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** @returns what ends the subscription */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Connects at once, anew where it was connected: with another token, or because the network is back. */
  connect(): void {
    this.rest();
    this.#open = new AbortController();
    void this.#run(this.#round, this.#open);
  }

  /** Until it is connected again: a tab that nobody sees holds no connection, of which a browser has few. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#round++;
    this.#open?.abort();
  }

  async #run(round: number, open: AbortController): Promise<void> {
    let problem: unknown;
    try {
      await this.#read(open);
    } catch (error) {
      problem = error;
    }
    // Somebody connected anew meanwhile.
    if (round !== this.#round) return;
    if (problem instanceof ApiError && (problem.status === 401 || problem.status === 403)) {
      return this.#become("signed-out");
    }
    this.#become("away");
    const wait = Math.min(longestWaitMs, 500 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures++;
    this.#timer = setTimeout(() => this.connect(), wait);
  }

  async #read(open: AbortController): Promise<void> {
    const lastId = this.#lastId;
    const headers = lastId === undefined ? {} : { "last-event-id": lastId };
    const { body } = await this.#api.ask("/events", { headers, signal: open.signal });
    this.#failures = 0;
    this.#become("connected");
    // What happened between the first look and the first event is not known.
    if (lastId === undefined) this.#tell({ kind: "reset" });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const [events, decoder] = [new EventReader(), new TextDecoder()];
    for (;;) {
      const watch = setTimeout(() => open.abort(), silenceMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return;
      for (const event of events.take(decoder.decode(value, { stream: true }))) this.#take(event);
    }
  }

  #take({ name, id, data }: StreamEvent): void {
    if (id !== undefined) this.#lastId = id;
    // The connection ends by itself after it.
    if (name === "end") return;
    this.#tell(JSON.parse(data) as LiveEvent);
  }

  #become(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.#tell({ kind: "connection", connection });
  }

  #tell(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
