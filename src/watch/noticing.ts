/** Snapshots at targets so that no change after the look goes unnoticed, and tells of bursts of changes. */
import type { Survey } from "../engine/fresh/survey.ts";
import { Places } from "../files/places.ts";
import { Burst } from "./burst.ts";
import { type Snapshots, snapshotAll } from "./snapshots.ts";
import type { TargetFiles } from "./target-files.ts";
import type { ChangeSource, WatchParts } from "./watch-parts.ts";

/** Told the absolute paths of what came, went or changed. */
export type OnBurst = (paths: readonly string[]) => void;

/** Folders that keep coming while they are looked at will tell of themselves. */
const mostLooks = 5;

/** So many times a burst is waited for once more while it brings folders. */
const mostPatience = 10;

export class Noticing {
  readonly #source: ChangeSource;
  readonly #burst: Burst;
  #onBurst: OnBurst | undefined;
  /** Whether the last look met folders that were not watched before. */
  #grew = false;

  constructor({ source, timer }: Pick<WatchParts<never>, "source" | "timer">) {
    // What nobody listens to is noticed by the look before anyone does.
    this.#burst = new Burst(timer, (paths) => this.#onBurst?.(paths));
    this.#source = source((path) => this.#burst.note(path));
  }

  /** Snapshots again where a folder was not watched before: something may have come in between. */
  look(root: string, files: TargetFiles, survey: Survey | undefined): Snapshots {
    this.#grew = false;
    for (let looks = 1; ; looks++) {
      const seen = survey ? snapshotAll(survey) : new Map();
      const places = new Places(root);
      for (const file of files.keys()) places.addEntry(file);
      if (survey) places.addAll(survey.places);
      if (this.#source.watch(places) === 0 || looks === mostLooks) return seen;
      this.#grew = true;
    }
  }

  /** Listens while something goes on. */
  async during<T>(work: Promise<T>, onBurst: OnBurst): Promise<T> {
    this.#onBurst = onBurst;
    try {
      return await work;
    } finally {
      this.#onBurst = undefined;
    }
  }

  /**
   * Waits for a burst that means something. One that brought folders is not over: nothing told yet
   * of what is still being written into them.
   * @returns what it means; undefined when the signal is aborted
   */
  async until<T>(meaning: (paths: readonly string[]) => T | undefined, signal: AbortSignal) {
    let stop = (): void => undefined;
    let patience = mostPatience;
    const found = new Promise<T | undefined>((resolve, reject) => {
      stop = () => resolve(undefined);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      this.#onBurst = (paths) => {
        try {
          const meant = meaning(paths);
          if (meant !== undefined && this.#grew && patience-- > 0) this.#burst.noteAll(paths);
          else if (meant !== undefined) resolve(meant);
        } catch (error) {
          reject(error);
        }
      };
    });
    try {
      return await found;
    } finally {
      this.#onBurst = undefined;
      signal.removeEventListener("abort", stop);
    }
  }

  close(): void {
    this.#burst.stop();
    this.#source.close();
  }
}
