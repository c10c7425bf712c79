/** Everything that one build shares: the project, the plan, the state folder and the outside world. */
import type { Docker } from "../docker/docker.ts";
import type { FileDigests } from "../files/digests.ts";
import type { FilesView } from "../files/files-view.ts";
import type { Looks } from "../files/looks.ts";
import type { Reporter } from "../model/event.ts";
import type { RegistryAccess } from "../model/registries.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { Trace } from "../model/trace.ts";
import type { Pins } from "../pins/pins.ts";
import type { Commands } from "../rules/commands/commands.ts";
import type { BlobStore } from "../store/blob-store.ts";
import type { BurstJournals } from "../store/burst-journals.ts";
import type { Clones } from "../store/clones.ts";
import type { DigestStore } from "../store/digest-store.ts";
import type { Evictions } from "../store/evictions.ts";
import type { KeptStore } from "../store/kept-store.ts";
import type { StateFolder } from "../store/state-folder.ts";
import type { TraceStore } from "../store/trace-store.ts";
import type { SettledTargets } from "./compiled/settled.ts";
import type { EngineImages } from "./fresh/engine-images.ts";
import type { ReadingRoom } from "./fresh/read-target.ts";
import type { Plan } from "./plan/plan.ts";
import type { Confirmations } from "./run/confirmations.ts";
import type { Services } from "./run/services.ts";
import type { TargetLogs } from "./run/target-logs.ts";
import type { Timers } from "./schedule/timers.ts";
import type { SharedCache } from "./share/shared-cache.ts";

export interface BuildRoom {
  readonly project: Project;
  readonly plan: Plan;
  readonly files: FilesView;
  readonly digests: FileDigests;
  /** The digests that are kept between runs. */
  readonly remembered: DigestStore;
  /** What was seen of the files in this run. */
  readonly looks: Looks;
  readonly state: StateFolder;
  readonly traces: TraceStore;
  /** What of the state had to go. */
  readonly evictions: Evictions;
  readonly logs: TargetLogs;
  readonly blobs: BlobStore;
  /** Folders that commands in containers find again. */
  readonly kept: KeptStore;
  /** Where the project has one, and this run may use it. */
  readonly cache: SharedCache | undefined;
  readonly journals: BurstJournals;
  readonly clones: Clones;
  /** The trace of the target as it is declared now. */
  readonly traceOf: (target: Target) => Trace | undefined;
  /** What names of servers stand for. */
  readonly pins: Pins;
  /** Whether a target makes the image under a reference. */
  readonly isMade: (reference: string) => boolean;
  readonly images: EngineImages;
  /** What is known to be fresh from an earlier run's plan. */
  readonly settled: SettledTargets | undefined;
  readonly services: Services;
  /** Asks before what cannot be undone. */
  readonly confirmations: Confirmations;
  readonly reading: ReadingRoom;
  /** Targets to make again even if they are fresh. */
  readonly forced: ReadonlySet<TargetName>;
  /** Whether an alternative may be passed over. */
  readonly fallback: boolean;
  readonly reporter: Reporter;
  readonly docker: () => Promise<Docker>;
  /** Standard output, for bytes. */
  readonly pipe: () => NodeJS.WritableStream;
  readonly environment: NodeJS.ProcessEnv;
  /** How registries are reached. */
  readonly access: RegistryAccess;
  /** Runs commands on this machine. */
  readonly commands: Commands;
  /** Hides the values of secrets in a text. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  readonly timers: Timers;
}
