/**
 * A build while it runs, as far as its events tell: which targets it has read and is not done with.
 * A change under one of them makes the build pointless. A target that waits for others is read
 * when its turn comes, and one that is done is looked at after the build.
 */
import {
  declarationOf,
  type Snapshot,
  type Survey,
  type SurveyedTarget,
} from "../engine/fresh/survey.ts";
import type { Event, TargetOutcome } from "../model/event.ts";
import type { Project, TargetName } from "../model/target.ts";
import { differencesOf, type Snapshots, type TargetSnapshot } from "./snapshots.ts";

export class RunningBuild {
  readonly #survey: Survey;
  /** As each target was when the build came to read it. */
  readonly #snapshots: Map<TargetName, TargetSnapshot>;
  readonly #targets: ReadonlyMap<string, SurveyedTarget>;
  readonly #started = new Set<string>();
  readonly #outcomes = new Map<string, TargetOutcome>();
  /** Another tbuild holds the workspace: nothing was read yet. */
  #waits = false;
  readonly #dependents = new Map<string, SurveyedTarget[]>();

  constructor(survey: Survey, snapshots: Snapshots) {
    this.#survey = survey;
    this.#snapshots = new Map(snapshots);
    this.#targets = new Map(survey.targets.map((target) => [target.name, target]));
    for (const target of survey.targets) {
      for (const before of target.after) {
        const others = this.#dependents.get(before) ?? [];
        this.#dependents.set(before, [...others, target]);
      }
    }
  }

  /** Follows the build; to be called before it goes on. */
  note(event: Event): void {
    if (event.kind === "waiting") this.#waits = true;
    if (event.kind === "started" && this.#waits) {
      this.#waits = false;
      this.#lookAt(this.#targets.values());
    }
    if (event.kind === "target-started") this.#started.add(event.target);
    if (event.kind !== "target-finished") return;
    this.#outcomes.set(event.target, event.outcome);
    this.#lookAt(this.#dependents.get(event.target) ?? []);
  }

  /** Names of what is no longer as the build read it, under targets that it is not done with. */
  changed(touched: readonly string[]): ReadonlySet<string> {
    if (this.#waits) return new Set();
    const read = [...this.#targets.values()].filter((target) => this.#isRead(target));
    return new Set(
      read.flatMap(({ name: target }) => {
        const { inputs } = this.#snapshots.get(target) as TargetSnapshot;
        return differencesOf(inputs, this.#survey.inputsOf(target), { target, touched });
      }),
    );
  }

  /** Whether something is declared otherwise that the build is not done with. */
  isRedeclared({ targets }: Project): boolean {
    const open = [...this.#targets.values()].filter(
      ({ name, inReserve }) => !this.#outcomes.has(name) && (!inReserve || this.#started.has(name)),
    );
    return open.some(({ name, declared }) => {
      const now = targets.get(name);
      return now === undefined || declarationOf(now) !== declared;
    });
  }

  /** What the target read, as it was then. */
  inputsOf(name: TargetName): Snapshot | undefined {
    return this.#snapshots.get(name)?.inputs;
  }

  isDone(name: TargetName): boolean {
    const outcome = this.#outcomes.get(name);
    return outcome === "built" || outcome === "restored" || outcome === "fresh";
  }

  get failed(): readonly TargetName[] {
    const names = [...this.#outcomes].filter(([, outcome]) => outcome === "failed");
    return names.map(([name]) => name as TargetName);
  }

  /** The build comes to read those of them that wait for nothing. */
  #lookAt(targets: Iterable<SurveyedTarget>): void {
    for (const target of targets) {
      if (!this.#isRead(target)) continue;
      const { outputs } = this.#snapshots.get(target.name) as TargetSnapshot;
      this.#snapshots.set(target.name, { inputs: this.#survey.inputsOf(target.name), outputs });
    }
  }

  #isRead({ name, after, inReserve }: SurveyedTarget): boolean {
    if (this.#outcomes.has(name)) return false;
    if (this.#started.has(name)) return true;
    return !inReserve && after.every((before) => this.#isBehind(before));
  }

  /** Where an alternative was not to be had, what needs it waits for another one. */
  #isBehind(name: TargetName): boolean {
    const outcome = this.#outcomes.get(name);
    return outcome !== undefined && outcome !== "unavailable";
  }
}
