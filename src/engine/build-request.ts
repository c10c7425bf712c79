/** What a build is asked for, and the parts of the world that it is given. */
import type { Docker } from "../docker/docker.ts";
import type { Reporter } from "../model/event.ts";
import type { Project, TargetName } from "../model/target.ts";
import type { Timers } from "./timers.ts";

export interface BuildRequest {
  readonly project: Project;
  readonly wanted: readonly TargetName[];
  /** How many targets may run at once. */
  readonly jobs: number;
  /** After a failure, go on with what does not depend on it. */
  readonly keepGoing: boolean;
  /** Make the wanted targets again even if they are fresh; groups and alternatives are followed. */
  readonly force: boolean;
  /** Whether an alternative may be passed over. */
  readonly fallback: boolean;
  /** Tell what would run, and why; write nothing. */
  readonly dryRun: boolean;
  /** What the user typed, shown to another build that has to wait. */
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface BuildParts {
  readonly reporter: Reporter;
  /** Connects to the engine, once; not called by a build that needs none. */
  readonly docker: () => Promise<Docker>;
  /** Hides the values of secrets in a text. */
  readonly redact: (text: string) => string;
  /** Time and chance; the system's where it is left out. */
  readonly timers?: Timers;
}
