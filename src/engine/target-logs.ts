/** The logs of all targets of a workspace: those that this run writes, and the bound on all together. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Eviction } from "../model/eviction.ts";
import type { Limits } from "../model/limits.ts";
import type { TargetName } from "../model/target.ts";
import { CountedFolder } from "../store/bounded-folder.ts";
import type { Evictions } from "../store/evictions.ts";
import type { StateFolder } from "../store/state-folder.ts";
import { systemProblem } from "./system-problem.ts";
import { TargetLog } from "./target-log.ts";

export interface LogsRoom {
  readonly state: StateFolder;
  readonly limits: Limits;
  readonly evictions: Evictions;
  readonly redact: (text: string) => string;
}

export class TargetLogs {
  readonly #room: LogsRoom;
  readonly #folder: CountedFolder;
  readonly #written = new Set<string>();

  constructor(room: LogsRoom) {
    this.#room = room;
    this.#folder = new CountedFolder(room.state.logs, room.state.logCount);
  }

  /** Begins the log of one run of a target. */
  open(target: TargetName): TargetLog {
    const { state, limits, redact } = this.#room;
    const file = state.log(target);
    this.#folder.open();
    this.#written.add(path.basename(file));
    const onClose = (bytes: number): void => this.#folder.add(bytes);
    return new TargetLog(file, { redact, limit: limits.log, onClose });
  }

  /** When all are closed. Those of this run stay: its messages point to them. */
  bound(at: string): void {
    const { limits, evictions } = this.#room;
    this.#folder.bound({
      bytes: limits.logs,
      isInUse: (name) => this.#written.has(name),
      onEvict: (names) => recordIfPossible(evictions, names, { at, limit: limits.logs }),
    });
  }

  /** What became of the log of a target, where it had to go. */
  evictionOf(target: TargetName): Eviction | undefined {
    const { state, evictions } = this.#room;
    const file = state.log(target);
    const eviction = evictions.find("logs", path.basename(file));
    return eviction && !existsSync(file) ? eviction : undefined;
  }
}

/** On a full disk it is better to make room than to say so. */
function recordIfPossible(
  evictions: Evictions,
  names: readonly string[],
  eviction: Eviction,
): void {
  try {
    evictions.record("logs", names, eviction);
  } catch (error) {
    if (!systemProblem(error)) throw error;
  }
}
