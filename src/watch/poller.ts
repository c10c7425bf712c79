/** Tells every so often that something may have changed, where the system does not tell. Snapshots at nothing. */
export class Poller {
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number, onChange: () => void) {
    this.#timer = setInterval(onChange, milliseconds);
  }

  /** There is nothing to begin: each look sees what came since the last one. */
  watch(): number {
    return 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
