/** Writes the lock file whole, when something in it is to change. */
import { writeSync } from "node:fs";
import type { Digest } from "../model/artifact.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { PinChange } from "../model/pin.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { replaceFile } from "../store/replace-file.ts";
import { digestOf, lockText, readLockFile } from "./lock-file.ts";
import type { Pins } from "./pins.ts";
import * as problems from "./problems.ts";

export interface AddedPins {
  /** Keys of what was not there before. */
  readonly added: readonly string[];
  /** Of the file as this run relied on it; another one was written where something else changed it meanwhile. */
  readonly digest: Digest | undefined;
}

/** Adds what a run found out to the file as it is now: something else may have written it meanwhile. */
export function addFound({ lock, found }: Pins): Result<AddedPins> {
  if (found.size === 0) return ok({ added: [], digest: lock.digest });
  const now = readLockFile(lock.path);
  if (!now.ok) return now;
  const pins = valuesOf(now.value.pins);
  const added = [...found].filter(([key]) => !pins.has(key));
  if (added.length > 0) {
    const problem = writeLock(lock.path, [...pins, ...added]);
    if (problem) return fail(problem);
  }
  const relied = lockText([...valuesOf(lock.pins), ...found]);
  return ok({ added: added.map(([key]) => key), digest: digestOf(relied) });
}

/**
 * Changes the file as it is now, and writes it only where that makes it another one.
 * @returns why it cannot be written
 */
export function applyChanges(file: string, changes: readonly PinChange[]): Diagnostic | undefined {
  if (changes.every(({ kind }) => kind === "stays")) return undefined;
  const now = readLockFile(file);
  if (!now.ok) return now.problems[0];
  const pins = valuesOf(now.value.pins);
  for (const change of changes) {
    if (change.kind === "gone") pins.delete(change.key);
    else pins.set(change.key, change.to);
  }
  return now.value.digest === digestOf(lockText(pins)) ? undefined : writeLock(file, pins);
}

/** @returns why it cannot be written; the one before still stands then */
function writeLock(
  file: string,
  pins: Iterable<readonly [key: string, value: string]>,
): Diagnostic | undefined {
  try {
    replaceFile(file, (handle) => void writeSync(handle, lockText(pins)));
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return problems.unwritableLock(file, error as NodeJS.ErrnoException);
  }
}

const valuesOf = (pins: ReadonlyMap<string, { readonly value: string }>): Map<string, string> =>
  new Map([...pins].map(([key, { value }]) => [key, value]));
