/** What a build is asked for, and the parts of the world that it is given. */
import type { Docker } from "../docker/docker.ts";
import type { Reporter } from "../model/event.ts";
import type { Limits } from "../model/limits.ts";
import type { RunLine } from "../model/run-log.ts";
import type { Project, TargetName } from "../model/target.ts";
import type { Pins } from "../pins/pins.ts";
import type { CheckedPlan, DeclaredTargets } from "./compiled/check-plan.ts";
import type { CountedGit, CountedVariable } from "./compiled/compiled-plan.ts";
import type { Question } from "./run/confirmations.ts";
import type { Timers } from "./schedule/timers.ts";

/** The plan that is kept of a command, to be held against the files by its next run. */
export interface PlanUse extends DeclaredTargets {
  /** Of the command, from `planKey`. */
  readonly key: string;
  /** Variables that parameters take their values from. */
  readonly variables: readonly CountedVariable[];
  /** What git tells and the targets use: absent where they use nothing of it. */
  readonly git?: CountedGit;
  /** What an earlier run left, when it can be used. */
  readonly checked?: CheckedPlan;
}

export interface BuildRequest {
  readonly project: Project;
  readonly wanted: readonly TargetName[];
  /** What is locked; what the build finds out is added to the lock file. */
  readonly pins: Pins;
  /** How many targets may run at once. */
  readonly jobs: number;
  /** Tries of one request to a registry in all. */
  readonly tries?: number;
  /** After a failure, go on with what does not depend on it. */
  readonly keepGoing: boolean;
  /** Make the wanted targets again even if they are fresh; groups and alternatives are followed. */
  readonly force: boolean;
  /** Whether an alternative may be passed over. */
  readonly fallback: boolean;
  /** Whether the shared cache may be read, and written where the project says so; absent: yes. */
  readonly cacheFrom?: boolean;
  readonly cacheTo?: boolean;
  /** File that gets the digests of all that is pushed, absolute. */
  readonly digests?: string;
  /** Whether the user said yes beforehand to what cannot be undone; absent: no. */
  readonly yes?: boolean;
  /** Tell what would run, and why; write nothing. */
  readonly dryRun: boolean;
  /** What the user typed, shown to another build that has to wait. */
  readonly command: string;
  /** Of tbuild, for the run log. */
  readonly version: string;
  /** How much may be kept between runs. */
  readonly limits: Limits;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Absent: no plan is used, and none kept. */
  readonly plan?: PlanUse;
}

export interface BuildParts {
  readonly reporter: Reporter;
  /** Connects to the engine, once; not called by a build that needs none. */
  readonly docker: () => Promise<Docker>;
  /**
   * Standard output, for one target that writes bytes to it. Absent: it is not to be had.
   * @throws DiagnosticError that says why not
   */
  readonly pipe?: () => NodeJS.WritableStream;
  /** Asks the user before what cannot be undone. Absent: there is nobody to ask. */
  readonly ask?: (question: Question, signal: AbortSignal) => Promise<boolean>;
  /** Hides the values of secrets in a text. */
  readonly redact: (text: string) => string;
  /** Given the header of the run log and every event with its time, those that no log keeps too; not in a dry run. */
  readonly record?: (line: RunLine) => void;
  /** Time and chance; the system's where it is left out. */
  readonly timers?: Timers;
}
