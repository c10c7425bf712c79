/**
 * Builds, waits for a change of what was read or made, and builds again. What is stale is decided by
 * each build alone: here a change only begins one, or ends one that it made pointless.
 *
 *     building ──▶ waiting ──change──▶ building
 *      │    ▲
 *      └────┘ a change under a target that is being made: cancelled, and begun anew
 */
import path from "node:path";
import type { BuildResult } from "../engine/build.ts";
import type { BuildRequest } from "../engine/build-request.ts";
import type { Survey } from "../engine/fresh/survey.ts";
import { changedWhileBuilt } from "./changed-while-built.ts";
import { Noticing } from "./noticing.ts";
import { RunningBuild } from "./running-build.ts";
import { Rushes } from "./rushes.ts";
import { differences, type Snapshots } from "./snapshots.ts";
import { changedFiles, knownFiles, type TargetFiles } from "./target-files.ts";
import { namesOf, shownIn, unrestProblem, watchingEvent } from "./told.ts";
import type { Loaded, Round, WatchParts } from "./watch-parts.ts";

export interface WatchEnd {
  /** Whether a build was under way when the user ended the watch. */
  readonly interrupted: boolean;
}

/** @throws DiagnosticError when changes cannot be noticed */
export function watch<L extends Loaded>(parts: WatchParts<L>): Promise<WatchEnd> {
  return new Watch(parts).run();
}

/** What a watch that waits compares with. */
interface Rest {
  readonly survey: Survey | undefined;
  readonly snapshots: Snapshots;
}

type RoundEnd =
  | { readonly kind: "rests"; readonly rest: Rest }
  /** What changed meanwhile, where that was not told yet. */
  | { readonly kind: "again"; readonly changed?: ReadonlySet<string> }
  | { readonly kind: "interrupted" };

class Watch<L extends Loaded> {
  readonly #parts: WatchParts<L>;
  readonly #noticing: Noticing;
  readonly #rushes = new Rushes();
  #loaded: L;
  #files: TargetFiles;
  #force: boolean;

  constructor(parts: WatchParts<L>) {
    this.#parts = parts;
    this.#noticing = new Noticing(parts);
    this.#loaded = parts.loaded;
    this.#files = knownFiles(parts.loaded.files);
    this.#force = parts.force;
  }

  async run(): Promise<WatchEnd> {
    try {
      for (let changed: ReadonlySet<string> | undefined; ; ) {
        const end = await this.#round(changed);
        if (end.kind === "interrupted") return { interrupted: true };
        changed = end.kind === "again" ? end.changed : await this.#nextChange(end.rest);
        if (end.kind === "rests" && changed === undefined) return { interrupted: false };
      }
    } finally {
      this.#noticing.close();
    }
  }

  async #round(changed: ReadonlySet<string> | undefined): Promise<RoundEnd> {
    if (changedFiles(this.#files).length > 0) await this.#reload();
    const round = await this.#parts.begin(this.#loaded);
    if (changed) round.report({ kind: "changed", changed: namesOf(changed), stops: false });
    const { request } = this.#loaded;
    if (!request.ok) {
      for (const problem of request.problems) round.report({ kind: "problem", problem });
      return this.#rest(round, undefined, this.#shown([...this.#files.keys()]));
    }
    const survey = this.#parts.survey(request.value, true);
    const running = new RunningBuild(survey, this.#look(survey));
    const { result, stopped } = await this.#build(round, running);
    if (this.#parts.signal.aborted) return { kind: "interrupted" };
    return stopped ? { kind: "again" } : this.#afterBuild(round, request.value, running, result);
  }

  async #reload(): Promise<void> {
    this.#loaded = await this.#parts.load();
    this.#files = knownFiles(this.#loaded.files);
  }

  /** Builds, and stops doing so for a change that makes it pointless. */
  async #build(
    round: Round,
    running: RunningBuild,
  ): Promise<{ readonly result: BuildResult; readonly stopped: boolean }> {
    const stop = new AbortController();
    const building = round.build({
      force: this.#force,
      signal: AbortSignal.any([this.#parts.signal, stop.signal]),
      onEvent: (event) => {
        running.note(event);
        if (event.kind === "locked") this.#wrote(event.file);
      },
    });
    let isOver = false;
    const stopFor = (changed: ReadonlySet<string>): void => {
      if (isOver || stop.signal.aborted || changed.size === 0) return;
      if (!this.#rushes.mayRush(changed)) return;
      round.report({ kind: "changed", changed: namesOf(changed), stops: true });
      stop.abort();
    };
    const result = await this.#noticing.during(building, (paths) => {
      const files = changedFiles(this.#files);
      if (files.length > 0) void this.#redeclared(running, files).then(stopFor);
      stopFor(running.changed(this.#shown(paths)));
    });
    isOver = true;
    return { result, stopped: stop.signal.aborted };
  }

  /** What the build itself writes begins nothing. @param file in the workspace */
  #wrote(file: string): void {
    const written = path.join(this.#loaded.root, file);
    this.#files = new Map(this.#files).set(written, undefined);
    this.#files = knownFiles(this.#files);
  }

  /** A target file that is broken, or declares what is to be made as before, stops nothing. */
  async #redeclared(running: RunningBuild, files: readonly string[]): Promise<ReadonlySet<string>> {
    const { request } = await this.#parts.load();
    const isOther = request.ok && running.isRedeclared(request.value.project);
    return new Set(isOther ? this.#shown(files) : []);
  }

  #afterBuild(
    round: Round,
    request: BuildRequest,
    running: RunningBuild,
    result: BuildResult,
  ): RoundEnd {
    this.#force = false;
    const survey = this.#parts.survey(request, result.problems.length > 0);
    const snapshots = this.#look(survey);
    const files = this.#shown(changedFiles(this.#files));
    const changed = new Set([...files, ...changedWhileBuilt(survey, snapshots, running)]);
    if (changed.size > 0) {
      if (this.#rushes.mayRush(changed)) return { kind: "again", changed };
      round.report({ kind: "warning", problem: unrestProblem(this.#rushes.culprit) });
    }
    const needed = result.problems.length > 0 ? this.#needed(running, snapshots) : [];
    return this.#rest(round, { survey, snapshots }, needed);
  }

  /** What the failed targets read; where they read nothing, what declares them. */
  #needed(running: RunningBuild, snapshots: Snapshots): readonly string[] {
    const names = running.failed.flatMap((target) => {
      const inputs = snapshots.get(target)?.inputs;
      if (inputs?.problem !== undefined) return [`what ${target} reads`];
      return [...(inputs?.contents.keys() ?? [])];
    });
    return names.length > 0 ? [...new Set(names)] : this.#shown([...this.#files.keys()]);
  }

  #rest(round: Round, rest: Rest | undefined, needed: readonly string[]): RoundEnd {
    const snapshots = rest?.snapshots ?? this.#look(undefined);
    const survey = rest?.survey;
    this.#rushes.rest();
    round.report(watchingEvent(this.#loaded.root, this.#files, survey, needed));
    return { kind: "rests", rest: { survey, snapshots } };
  }

  /** @returns undefined when the user ends the watch */
  #nextChange({ survey, snapshots }: Rest): Promise<ReadonlySet<string> | undefined> {
    return this.#noticing.until((paths) => {
      const files = this.#shown(changedFiles(this.#files));
      const others = differences(snapshots, this.#look(survey), this.#shown(paths));
      const changed = new Set([...files, ...others]);
      return changed.size > 0 ? changed : undefined;
    }, this.#parts.signal);
  }

  #look(survey: Survey | undefined): Snapshots {
    return this.#noticing.look(this.#loaded.root, this.#files, survey);
  }

  #shown(paths: readonly string[]): readonly string[] {
    return shownIn(this.#loaded.root, paths);
  }
}
