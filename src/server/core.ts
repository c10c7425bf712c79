/** What the HTTP side of the server asks of the rest. It knows runs and repositories, and nothing of requests. */
import type { Result } from "../model/result.ts";
import type { BranchInventory } from "./records/branch-inventory.ts";
import type { Noticed, ParameterValue, Run, RunState, RunTarget } from "./records/run.ts";

export interface RunQuery {
  readonly repository?: string;
  readonly branch?: string;
  readonly state?: RunState;
  /** Only runs older than this one, by its ID. */
  readonly before?: string;
  readonly limit: number;
}

export interface StartRequest {
  readonly repository: string;
  /** Branch; the repository's first configured one when absent. */
  readonly branch?: string;
  /** A commit of it; its newest one when absent. */
  readonly commit?: string;
  readonly targets?: readonly string[];
  readonly params?: Readonly<Record<string, ParameterValue>>;
  readonly priority?: number;
  readonly by: string;
}

/** A log on the disk. */
export interface LogPlace {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Whether more may be written to it. */
  readonly isGrowing: boolean;
}

/** Something that a reader of the live stream is told. `id` grows by one with each. */
export type ServerEvent = { readonly id: number } & (
  | { readonly kind: "run-changed"; readonly run: Run }
  /** It is known which targets a run has. */
  | { readonly kind: "graph-known"; readonly run: string }
  | { readonly kind: "target-changed"; readonly run: string; readonly target: RunTarget }
  | {
      readonly kind: "log-grown";
      readonly run: string;
      readonly target?: string;
      readonly bytes: number;
    }
  | { readonly kind: "config-changed" }
);

/** What a repository looks like from outside: nothing secret. */
export interface RepositoryView {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly branches: readonly string[];
  readonly targets: readonly string[];
  readonly lastRun?: Run;
  /** Why pushes cannot be noticed at the moment. */
  readonly problem?: string;
}

export interface ServerMetrics {
  readonly queued: number;
  readonly running: number;
  /** Runs that ended since the start of the server, by state. */
  readonly ended: Readonly<Partial<Record<RunState, number>>>;
  /** Seconds that runs took, and how many ran, since the start. */
  readonly runSeconds: { readonly sum: number; readonly count: number };
  readonly polls: { readonly done: number; readonly failed: number };
}

export interface ServerCore {
  /** Newest first. */
  listRuns(query: RunQuery): readonly Run[];
  run(id: string): Run | undefined;
  targetsOf(id: string): Promise<readonly RunTarget[] | undefined>;
  /** Of the run itself without `target`. Names are looked up: no path is made of them. */
  logOf(id: string, target?: string): Promise<LogPlace | undefined>;
  start(request: StartRequest): Promise<Result<Run>>;
  cancel(id: string, by: string): Promise<Result<Run>>;
  retry(id: string, by: string): Promise<Result<Run>>;
  /** Something says that there was a push. Git is asked before anything runs. */
  hint(
    repository: string,
    push: {
      readonly branch?: string;
      readonly commit?: string;
      readonly delivery?: string;
      readonly noticed: Noticed;
    },
  ): Promise<void>;
  repositories(): readonly RepositoryView[];
  /** Of the branches that are watched, by repository and branch. */
  inventories(): readonly BranchInventory[];
  /** Text of the configuration as it is in effect, secrets as they are referred to. */
  configText(): string;
  changeConfig(text: string, by: string): Promise<Result<void>>;
  /** @returns what ends the subscription */
  subscribe(listener: (event: ServerEvent) => void): () => void;
  /** The last events after `id`, as far as they are kept; undefined when that is too long ago. */
  eventsAfter(id: number): readonly ServerEvent[] | undefined;
  health(): { readonly ok: boolean; readonly problems: readonly string[] };
  metrics(): ServerMetrics;
}
