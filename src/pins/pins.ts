/** The pins of one run: those of the lock file, and those that the run finds out. Asks nobody itself. */
import { DiagnosticError, type Location } from "../model/diagnostic.ts";
import type { Asked, Pin, PinsView } from "../model/pin.ts";
import { pinKey } from "../model/pin-key.ts";
import type { LockFile } from "./lock-file.ts";
import { notLocked } from "./problems.ts";

export class Pins implements PinsView {
  readonly lock: LockFile;
  /** Whether all must be in the lock file already. */
  readonly isClosed: boolean;
  readonly #found = new Map<string, string>();
  readonly #asking = new Map<string, Promise<string | undefined>>();

  constructor(lock: LockFile, isClosed = false) {
    this.lock = lock;
    this.isClosed = isClosed;
  }

  /** What this run found out, by key. */
  get found(): ReadonlyMap<string, string> {
    return this.#found;
  }

  known(asked: Asked): Pin | undefined {
    const key = pinKey(asked);
    const found = this.#found.get(key);
    return this.lock.pins.get(key) ?? (found === undefined ? undefined : { value: found });
  }

  refuseUnlocked(asked: Asked, by: string, at: Location): void {
    if (!this.isClosed || this.known(asked)) return;
    throw new DiagnosticError(notLocked(pinKey(asked), this.lock.path, by, at));
  }

  async find(asked: Asked, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const key = pinKey(asked);
    for (let asking = this.#asking.get(key); asking; asking = this.#asking.get(key)) {
      await asking.catch(() => undefined);
    }
    const known = this.known(asked)?.value;
    if (known !== undefined) return known;
    const asking = this.#ask(asked, ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(asked: Asked, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const value = await ask();
    return value === undefined ? undefined : this.note(asked, value);
  }

  note(asked: Asked, value: string): string {
    const known = this.known(asked)?.value;
    if (known !== undefined) return known;
    this.#found.set(pinKey(asked), value);
    return value;
  }
}

/** Those that are known, by key. */
export const knownPins = (asked: readonly Asked[], pins: PinsView): ReadonlyMap<string, string> =>
  new Map(
    asked.flatMap((each) => {
      const value = pins.known(each)?.value;
      return value === undefined ? [] : [[pinKey(each), value] as const];
    }),
  );
