/** The logs of all targets of a workspace: those that this run writes, and the bound on all together. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Eviction } from "../../model/eviction.ts";
import type { Limits } from "../../model/limits.ts";
import type { TargetName } from "../../model/target.ts";
import { CountedFolder } from "../../store/bounded-folder.ts";
import { BoundedText } from "../../store/bounded-text.ts";
import type { Evictions } from "../../store/evictions.ts";
import type { StateFolder } from "../../store/state-folder.ts";
import { systemProblem } from "../system-problem.ts";
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
  /** Of this run, by their targets. */
  readonly #texts = new Map<TargetName, BoundedText>();

  constructor(room: LogsRoom) {
    this.#room = room;
    this.#folder = new CountedFolder(room.state.logs, room.state.logCount);
  }

  /**
   * Opens the log of a target.
   * @param isFirst a log of an earlier run is replaced; later attempts of this one are added
   */
  open(target: TargetName, isFirst: boolean): TargetLog {
    this.#folder.open();
    const text = this.#openText(target, isFirst);
    const before = isFirst ? 0 : text.size;
    const onClose = (): void => this.#folder.add(Math.max(0, text.size - before));
    return new TargetLog(text, { redact: this.#room.redact, onClose });
  }

  #openText(target: TargetName, isFirst: boolean): BoundedText {
    const known = isFirst ? undefined : this.#texts.get(target);
    known?.reopen();
    if (known) return known;
    const { state, limits } = this.#room;
    mkdirSync(state.logs, { recursive: true });
    const text = new BoundedText(state.log(target), limits.log);
    this.#texts.set(target, text);
    return text;
  }

  /** When all are closed. Those of this run stay: its messages point to them. */
  bound(at: string): void {
    const { limits, evictions } = this.#room;
    const written = new Set([...this.#texts.values()].map((text) => path.basename(text.path)));
    this.#folder.bound({
      bytes: limits.logs,
      isInUse: (name) => written.has(name),
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
