/** A binary heap: gives out what comes first by an order, in O(log n). */

export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  pop(): T | undefined {
    if (this.#items.length === 0) return undefined;
    this.#swap(0, this.#items.length - 1);
    const first = this.#items.pop();
    for (let at = 0; ; ) {
      const next = this.#firstOf(this.#firstOf(at, 2 * at + 1), 2 * at + 2);
      if (next === at) return first;
      this.#swap(at, next);
      at = next;
    }
  }

  #firstOf(at: number, other: number): number {
    return other < this.#items.length && this.#isBefore(other, at) ? other : at;
  }

  #isBefore(at: number, other: number): boolean {
    return this.#before(this.#items[at] as T, this.#items[other] as T);
  }

  #swap(at: number, other: number): void {
    const item = this.#items[at] as T;
    this.#items[at] = this.#items[other] as T;
    this.#items[other] = item;
  }
}
