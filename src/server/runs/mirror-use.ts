/** Who uses the mirror of a repository: one at a time, and upkeep only until a run wants it. What they do is told by others. */
import { Gate } from "../../net/gate.ts";

export class MirrorUse {
  readonly #gates = new Map<string, Gate>();
  readonly #upkeep = new Map<string, AbortController>();

  /** A run does not wait for upkeep: that is ended, and begun again another time. */
  byRun<T>(repository: string, act: () => Promise<T>): Promise<T> {
    this.#upkeep.get(repository)?.abort();
    return this.#gateOf(repository).through(act);
  }

  /** @param act ends early when its signal is aborted */
  byUpkeep(repository: string, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#gateOf(repository).through(async () => {
      const controller = new AbortController();
      this.#upkeep.set(repository, controller);
      try {
        await act(controller.signal);
      } finally {
        this.#upkeep.delete(repository);
      }
    });
  }

  #gateOf(repository: string): Gate {
    const gate = this.#gates.get(repository) ?? new Gate(1);
    this.#gates.set(repository, gate);
    return gate;
  }
}
