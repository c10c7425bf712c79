/**
 * Keeps in mind what was evicted and when, so that nobody is told that it never was. Bounded itself:
 * the oldest are forgotten. Losing it costs an explanation.
 */
import { appendFileSync, readFileSync, rmSync, statSync } from "node:fs";
import type { EvictedKind, Eviction } from "../model/eviction.ts";
import { encodeCheckedLine, replaceCheckedLines, splitCheckedLines } from "./checked-lines.ts";

interface EvictionRecord extends Eviction {
  readonly of: EvictedKind;
  /** The least recently used first. */
  readonly names: readonly string[];
}

/**
 * Bytes of the file; some twenty thousand names.
 * @internal exported for its test
 */
export const evictionsKept = 1_000_000;

export class Evictions {
  readonly #file: string;
  #found: Map<string, Eviction> | undefined;

  /** @param file absolute path; read when something is asked */
  constructor(file: string) {
    this.#file = file;
  }

  find(of: EvictedKind, name: string): Eviction | undefined {
    this.#found ??= new Map(
      readRecords(this.#file).flatMap(({ of, names, at, limit }) =>
        names.map((name) => [keyOf(of, name), { at, limit }] as const),
      ),
    );
    return this.#found.get(keyOf(of, name));
  }

  /** Written before anything is removed: a run that is killed between has told too much, not too little. */
  record(of: EvictedKind, names: readonly string[], eviction: Eviction): void {
    if (names.length === 0) return;
    this.#found = undefined;
    const { at, limit } = eviction;
    const record = { of, at, limit, names };
    const line = `\n${encodeCheckedLine(record)}`;
    if (sizeOf(this.#file) + line.length <= evictionsKept) appendFileSync(this.#file, line);
    else replaceCheckedLines(this.#file, newest([...readRecords(this.#file), record]));
  }

  /** For what was there again since, and is gone for another reason. */
  forget(of: EvictedKind, name: string): void {
    if (!this.find(of, name)) return;
    this.#found = undefined;
    const kept = readRecords(this.#file).map((record) =>
      record.of === of
        ? { ...record, names: record.names.filter((each) => each !== name) }
        : record,
    );
    replaceCheckedLines(this.#file, kept);
  }

  clear(): void {
    this.#found = undefined;
    rmSync(this.#file, { force: true });
  }
}

const keyOf = (of: EvictedKind, name: string): string => `${of} ${name}`;

/** What fits into half of the file, so that it is not written anew each time. */
function newest(records: readonly EvictionRecord[]): readonly EvictionRecord[] {
  let room = evictionsKept / 2;
  const kept: EvictionRecord[] = [];
  for (const record of [...records].reverse()) {
    const names = record.names.toReversed().filter((name) => {
      room -= JSON.stringify(name).length + 1;
      return room > 0;
    });
    room -= 100;
    if (names.length > 0) kept.push({ ...record, names: names.reverse() });
  }
  return kept.reverse();
}

function readRecords(file: string): readonly EvictionRecord[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return [];
  }
  return splitCheckedLines(bytes).records.map((json) => JSON.parse(json.toString("utf8")));
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
