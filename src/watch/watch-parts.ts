/** What a watch is given of the world: how to load, look, build, notice changes and tell. */
import type { BuildResult } from "../engine/build.ts";
import type { BuildRequest } from "../engine/build-request.ts";
import type { Survey } from "../engine/fresh/survey.ts";
import type { Places } from "../files/places.ts";
import type { Digest } from "../model/artifact.ts";
import type { Event } from "../model/event.ts";
import type { Result } from "../model/result.ts";
import type { Timer } from "./burst.ts";

/** The target files as they are now, and what they ask for. */
export interface Loaded {
  readonly root: string;
  /** Absolute paths with the digests of what was read; undefined where nothing could be. */
  readonly files: ReadonlyMap<string, Digest | undefined>;
  readonly request: Result<BuildRequest>;
}

export interface BuildOrder {
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** Sees each event before anyone else. */
  readonly onEvent: (event: Event) => void;
}

/** One build with what is told before and after it. */
export interface Round {
  report(event: Event): void;
  build(order: BuildOrder): Promise<BuildResult>;
}

/** Notices changes, perhaps too many and never too few. */
export interface ChangeSource {
  /**
   * Watches these places from now on, and no others.
   * @returns how many folders are watched that were not before
   */
  watch(places: Places): number;
  close(): void;
}

/** `L`: what was loaded, with what else is needed to begin a round with it. */
export interface WatchParts<L extends Loaded = Loaded> {
  /** What was loaded when the watch was asked for. */
  readonly loaded: L;
  /** Reads the target files again. */
  load(): Promise<L>;
  begin(loaded: L): Promise<Round>;
  survey(request: BuildRequest, withReserve: boolean): Survey;
  /** @param onChange told the absolute path of what changed, where that is known */
  source(onChange: (path: string | undefined) => void): ChangeSource;
  readonly timer: Timer;
  /** Whether the first build makes what is fresh too. */
  readonly force: boolean;
  /** Aborted when the user ends the watch. */
  readonly signal: AbortSignal;
}
