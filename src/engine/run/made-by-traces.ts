/** What a workspace made, as its traces tell it: for those who remove it. */
import path from "node:path";
import type { MadeImage } from "../../rules/clean-context.ts";
import type { TraceStore } from "../../store/trace-store.ts";

export class MadeByTraces {
  readonly #traces: TraceStore;
  #times: ReadonlyMap<string, number> | undefined;

  constructor(traces: TraceStore) {
    this.#traces = traces;
  }

  get images(): readonly MadeImage[] {
    return this.#traces.madeImages().map(({ id, references }) => ({ digest: id, references }));
  }

  /** Relative to the workspace; what a target only began to make, too. */
  get files(): readonly string[] {
    const found = new Set<string>(this.#traces.begunFiles());
    for (const { artifacts } of this.#traces.all()) {
      for (const artifact of artifacts) {
        if (artifact.kind !== "image" && !path.isAbsolute(artifact.path)) found.add(artifact.path);
      }
    }
    return [...found];
  }

  /** When a trace recorded a path or an image ID last, in milliseconds since the epoch. */
  at(made: string): number | undefined {
    this.#times ??= timesOf(this.#traces);
    return this.#times.get(made);
  }
}

function timesOf(traces: TraceStore): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { artifacts, finishedAt } of traces.all()) {
    for (const artifact of artifacts) {
      const made = artifact.kind === "image" ? artifact.digest : artifact.path;
      times.set(made, Math.max(times.get(made) ?? 0, finishedAt));
    }
  }
  return times;
}
