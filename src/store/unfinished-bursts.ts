/** Finds the journals of tag bursts that were cut off. What is done about them is told by others. */
import { readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import type { Digest } from "../model/artifact.ts";
import type { TagMove } from "../model/tag-move.ts";
import { splitCheckedLines } from "./checked-lines.ts";

export type FoundBurst = {
  /** Absolute. */
  readonly file: string;
  /** Of the registry, as references name it. */
  readonly host: string;
} & (
  | {
      readonly kind: "unfinished";
      /** The command line that pushed, as the user would type it. */
      readonly command: string;
      readonly moves: readonly TagMove[];
    }
  /** It is not what was written: nothing in it is trusted. */
  | { readonly kind: "damaged" }
);

/** Where journals lie. @param stateFolder `.tbuild`, absolute */
export const burstFolder = (stateFolder: string): string => path.join(stateFolder, "bursts");

export const journalVersion = 1;

/**
 * Those of all registries, by file name; none where there is no folder. Writes nothing.
 * @param stateFolder `.tbuild`, absolute
 * @throws what the system says of a folder or a file that cannot be read
 */
export function findBursts(stateFolder: string): readonly FoundBurst[] {
  const folder = burstFolder(stateFolder);
  return namesIn(folder).flatMap((name) => {
    const [, encoded] = /^([^@]+)@[0-9a-f]{12}$/.exec(name) ?? [];
    return encoded === undefined ? [] : [readBurst(path.join(folder, name), decoded(encoded))];
  });
}

/** Nobody reads it any more, and what is left of it is there to be looked at. @returns where it lies now */
export function setAside({ file }: FoundBurst): string {
  const aside = `${file}.damaged`;
  renameSync(file, aside);
  return aside;
}

function readBurst(file: string, host: string): FoundBurst {
  const { records, damaged } = splitCheckedLines(readFileSync(file));
  const [record, ...more] = records;
  const found = record && damaged === 0 && more.length === 0 ? parsed(record) : undefined;
  return found?.host === host
    ? { kind: "unfinished", file, host, command: found.command, moves: found.moves }
    : { kind: "damaged", file, host };
}

interface JournalText {
  readonly host: string;
  readonly command: string;
  readonly moves: readonly TagMove[];
}

function parsed(record: Buffer): JournalText | undefined {
  const found = JSON.parse(record.toString("utf8"));
  const { version, host, command, moves } = found ?? {};
  const isOurs =
    version === journalVersion &&
    [host, command].every((text) => typeof text === "string") &&
    Array.isArray(moves) &&
    moves.every(isMove);
  return isOurs ? { host, command, moves } : undefined;
}

function isMove(found: unknown): found is TagMove {
  const { repository, tag, old, new: next } = (found ?? {}) as Partial<TagMove>;
  return (
    typeof repository === "string" &&
    typeof tag === "string" &&
    (old === undefined || isDigest(old)) &&
    isDigest(next)
  );
}

const isDigest = (found: unknown): found is Digest =>
  typeof found === "string" && /^sha256:[0-9a-f]{64}$/.test(found);

/** A name that nobody of us wrote is shown as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return [];
  }
}
