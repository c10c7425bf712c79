/** Makes one of many changes that come in quick succession. What they mean is not its business. */

/** Time as a watch needs it; a fake in tests. */
export interface Timer {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back once, unless the returned function is called before. */
  after(milliseconds: number, call: () => void): () => void;
}

/** Milliseconds without another change that end a burst: an editor's save and `git checkout` are one. */
const quiet = 75;

/** Milliseconds after which a burst is told of even if it goes on. */
const longest = 1000;

export class Burst {
  readonly #timer: Timer;
  readonly #tell: (paths: readonly string[]) => void;
  readonly #paths = new Set<string>();
  #since: number | undefined;
  #cancel = (): void => undefined;

  /** @param tell told the paths of a burst when it is over, or lasts long */
  constructor(timer: Timer, tell: (paths: readonly string[]) => void) {
    this.#timer = timer;
    this.#tell = tell;
  }

  /** @param path what changed, where that is known */
  note(path: string | undefined): void {
    if (path !== undefined) this.#paths.add(path);
    this.#since ??= this.#timer.now();
    this.#cancel();
    const left = this.#since + longest - this.#timer.now();
    this.#cancel = this.#timer.after(Math.max(0, Math.min(quiet, left)), () => this.#end());
  }

  /** The burst goes on. */
  noteAll(paths: readonly string[]): void {
    this.note(undefined);
    for (const path of paths) this.#paths.add(path);
  }

  stop(): void {
    this.#cancel();
    this.#paths.clear();
    this.#since = undefined;
  }

  #end(): void {
    const paths = [...this.#paths];
    this.stop();
    this.#tell(paths);
  }
}
