/**
 * Writes down what a tag burst is about to do, for as long as it lasts: whoever comes after a kill or a
 * power cut can complete it. The file is whole and on the disk before the first tag is written.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import type { TagMove } from "../model/tag-move.ts";
import { encodeCheckedLine } from "./checked-lines.ts";
import { replaceFile } from "./replace-file.ts";
import { burstFolder, type FoundBurst, findBursts, journalVersion } from "./unfinished-bursts.ts";

export interface OpenJournal {
  /** All tags name what they should, or again what they named. */
  end(): void;
  /** They do not: the next push is to complete it. */
  leave(): void;
}

/** The journals of a workspace as one build sees them; two of its pushes may go to one host. */
export class BurstJournals {
  readonly #stateFolder: string;
  readonly #command: string;
  /** Files of bursts that are going on: they are not to be completed by others. */
  readonly #open = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param stateFolder `.tbuild`, absolute
   * @param command the command line of this build, without secrets
   */
  constructor(stateFolder: string, command: string) {
    this.#stateFolder = stateFolder;
    this.#command = command;
  }

  /** @throws what the system says where it cannot be written: then nothing may be pushed */
  begin(host: string, moves: readonly TagMove[]): OpenJournal {
    const folder = burstFolder(this.#stateFolder);
    const name = `${encodeURIComponent(host)}@${randomBytes(6).toString("hex")}`;
    const file = path.join(folder, name);
    makeFolders(folder);
    syncFolder(this.#stateFolder);
    const record = { version: journalVersion, host, command: this.#command, moves };
    this.#open.add(file);
    replaceFile(file, (handle) => writeFileSync(handle, encodeCheckedLine(record)));
    syncFolder(folder);
    return {
      end: () => this.remove(file),
      leave: () => void this.#open.delete(file),
    };
  }

  /** Bursts at a host that nobody works at any more. */
  unfinished(host: string): readonly FoundBurst[] {
    return findBursts(this.#stateFolder).filter(
      (burst) => burst.host === host && !this.#open.has(burst.file),
    );
  }

  /** One that is completed; were it to come back after a power cut, it could undo a later push. */
  remove(file: string): void {
    const folder = path.dirname(file);
    this.#open.delete(file);
    rmSync(file, { force: true });
    // Begun by a build that was killed before its journal was whole: it wrote no tag. Nobody else begins one now.
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".new"))) {
      rmSync(path.join(folder, name), { force: true });
    }
    syncFolder(folder);
    try {
      rmdirSync(folder);
    } catch {
      // There are others.
    }
  }

  /** Lets two pushes of one build complete what is unfinished one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Without it a power cut may take away the name of a file that is on the disk. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
