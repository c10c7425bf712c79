/** Tells everybody who listens what happens, and keeps the last of it for those who come back. */
import type { ServerEvent } from "../core.ts";

type News = ServerEvent extends infer E ? (E extends ServerEvent ? Omit<E, "id"> : never) : never;

/** A reader that was away for longer reads everything anew. */
const kept = 1000;

export class LiveEvents {
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  readonly #last: ServerEvent[] = [];
  #id: number;

  /** @param now milliseconds since 1970: numbers of an earlier server are lower */
  constructor(now: number) {
    this.#id = now;
  }

  tell(news: News): void {
    this.#id++;
    const event = { id: this.#id, ...news } as ServerEvent;
    this.#last.push(event);
    if (this.#last.length > kept) this.#last.shift();
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  after(id: number): readonly ServerEvent[] | undefined {
    const first = this.#id - this.#last.length;
    if (id < first || id > this.#id) return undefined;
    return this.#last.slice(id - first);
  }
}
