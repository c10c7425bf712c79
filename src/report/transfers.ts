/** Bytes of one target on their way: how many of how many, how fast, and how long it takes yet. */
import { bytes, wholeDuration } from "./wording.ts";

interface Transfer {
  readonly done: number;
  readonly total: number | undefined;
}

interface Sample {
  readonly at: number;
  readonly moved: number;
}

/** Milliseconds that the rate looks back over: shorter ones jump, longer ones tell of the past. */
const window = 5_000;

/** Milliseconds before a rate says anything. */
const warmUp = 1_000;

/** Milliseconds without any transfer after which the next ones are counted anew. */
const pause = 1_000;

export class Transfers {
  readonly #moving = new Map<string, Transfer>();
  /** Bytes of those that have ended since the last pause. */
  #ended = 0;
  /** Bytes that were there when they were first told of: they did not travel now. */
  #given = 0;
  #samples: Sample[] = [];
  #lastAt = 0;

  /** Takes in how far a transfer is, at a time in milliseconds. */
  follow(id: string, transfer: Transfer, now: number): void {
    if (this.#moving.size === 0 && now - this.#lastAt > pause) this.clear();
    this.#lastAt = now;
    if (this.#samples.length === 0) this.#samples.push({ at: now, moved: 0 });
    if (!this.#moving.has(id)) this.#given += transfer.done;
    if (transfer.done === transfer.total) {
      this.#moving.delete(id);
      this.#ended += transfer.done;
    } else {
      this.#moving.set(id, transfer);
    }
    this.#sample(now);
  }

  clear(): void {
    this.#moving.clear();
    this.#samples = [];
    this.#ended = 0;
    this.#given = 0;
  }

  /** `36 MB of 100 MB, 12 MB/s, 5 s left`; undefined where nothing is on its way. */
  text(now: number): string | undefined {
    if (this.#moving.size === 0) return undefined;
    const done = this.#done();
    let total = this.#ended;
    for (const one of this.#moving.values()) total += one.total ?? one.done;
    const known = [...this.#moving.values()].every((one) => one.total !== undefined);
    const much = total > done ? `${bytes(done)} of ${bytes(total)}` : bytes(done);
    const rate = this.#rate(now);
    if (rate === undefined) return much;
    const left = known && rate > 0 ? (total - done) / rate : 0;
    const time = left >= 1 ? `, ${wholeDuration(left)} left` : "";
    return `${much}, ${bytes(rate)}/s${time}`;
  }

  #done(): number {
    let done = this.#ended;
    for (const one of this.#moving.values()) done += one.done;
    return done;
  }

  /** Ten a second are enough; of those before the window the last one stays, as its beginning. */
  #sample(now: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < 100) return;
    this.#samples.push({ at: now, moved: this.#done() - this.#given });
    const first = this.#samples.findIndex(({ at }) => at >= now - window);
    if (first > 1) this.#samples.splice(0, first - 1);
  }

  /** Bytes a second. */
  #rate(now: number): number | undefined {
    const first = this.#samples[0];
    if (first === undefined || now - first.at < warmUp) return undefined;
    // One that begins again takes back what it had moved.
    const moved = Math.max(0, this.#done() - this.#given - first.moved);
    return (moved * 1000) / (now - first.at);
  }
}
