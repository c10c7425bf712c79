/** Does one thing again and again, never twice at once. What it does is said by who has it. */

export class Turns {
  readonly #act: () => Promise<void>;
  #now: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  /**
   * Does it once from now on: who asks while it is being done shares the next turn with all others who ask.
   * Rejects as it does.
   */
  again(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#now === undefined) return this.#begin();
    this.#next = this.settled().then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Resolves when what is being done now is done, however that ends. */
  async settled(): Promise<void> {
    await this.#now?.catch(() => {});
  }

  #begin(): Promise<void> {
    this.#now = this.#act().finally(() => {
      this.#now = undefined;
    });
    return this.#now;
  }
}
