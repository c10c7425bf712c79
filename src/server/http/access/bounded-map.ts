/** A map that forgets what was set longest ago: whoever comes with ever new keys costs no memory. */

export class BoundedMap<V> {
  readonly #most: number;
  readonly #values = new Map<string, V>();

  constructor(most = 10_000) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      break;
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
