/** Notices that builds follow each other without rest for the same change: what a build writes may be what it reads. */

/** So many times in a row one file may be saved while it is being built from. */
const most = 5;

export class Rushes {
  #count = 0;
  #common: ReadonlySet<string> = new Set();

  /**
   * A build is to begin again at once since these changed while it ran.
   * @returns false when that was so too often for one of them
   */
  mayRush(names: ReadonlySet<string>): boolean {
    const common = new Set([...names].filter((name) => this.#common.has(name)));
    this.#count = common.size > 0 ? this.#count + 1 : 1;
    this.#common = common.size > 0 ? common : names;
    return this.#count <= most;
  }

  /** One of what changed each time. */
  get culprit(): string {
    return [...this.#common][0] ?? "";
  }

  rest(): void {
    this.#count = 0;
    this.#common = new Set();
  }
}
