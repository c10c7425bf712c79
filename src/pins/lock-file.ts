/**
 * The lock file beside the root target file: one pin on each line, sorted, so that git merges it line by line.
 * What is asked for and who answers is not its business.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Digest } from "../model/artifact.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Pin } from "../model/pin.ts";
import { splitPin } from "../model/pin-words.ts";
import { fail, ok, type Result } from "../model/result.ts";
import * as problems from "./problems.ts";

export interface LockFile {
  /** Absolute. */
  readonly path: string;
  /** Undefined where there is no such file. */
  readonly digest: Digest | undefined;
  /** By their keys. */
  readonly pins: ReadonlyMap<string, Pin>;
}

const version = 1;
const head = `# lock ${version}: what names stood for. Commit this file; \`tbuild update\` writes it.`;

/** A file that is not there, or is empty, has no pins. @param file absolute path */
export function readLockFile(file: string): Result<LockFile> {
  const read = readText(file);
  if (!read.ok) return read;
  const text = read.value;
  const none: LockFile = {
    path: file,
    digest: text === undefined ? undefined : digestOf(text),
    pins: new Map(),
  };
  if (text === undefined || text.trim() === "") return ok(none);
  const name = path.basename(file);
  const lines = text.split(/\r?\n/);
  const found = /^# lock (\d+)\b/.exec(lines[0] ?? "")?.[1];
  if (found !== undefined && Number(found) > version) return fail(problems.newerLock(name, found));
  const conflict = lines.findIndex((line) => /^(<{7}|\|{7}|={7}|>{7})( |$)/.test(line));
  if (conflict >= 0) return fail(problems.lockConflict(placeIn(name, lines, conflict)));
  if (found === undefined) return fail(problems.noLockHead(placeIn(name, lines, 0), head));
  const { pins, wrong } = readLines(name, lines);
  return wrong.length > 0 ? fail(...wrong) : ok({ ...none, pins });
}

/** The whole file. */
export function lockText(pins: Iterable<readonly [key: string, value: string]>): string {
  const lines = [...pins].map(([key, value]) => `${key} ${value}\n`);
  return `${head}\n${lines.sort().join("")}`;
}

export const digestOf = (text: string): Digest =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

function readText(file: string): Result<string | undefined> {
  try {
    return ok(readFileSync(file, "utf8"));
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === "ENOENT") return ok(undefined);
    return fail(problems.unreadableLock(file, cause));
  }
}

function readLines(name: string, lines: readonly string[]) {
  const pins = new Map<string, Pin>();
  const wrong: Diagnostic[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const at = placeIn(name, lines, index);
    const pin = readLine(line);
    const before = pin && pins.get(pin.key);
    if (pin === undefined) wrong.push(problems.badLockLine(line.trim(), at));
    else if (before?.at && before.value !== pin.value) {
      wrong.push(problems.lockedTwice(pin.key, at, before.at));
    } else if (before === undefined) pins.set(pin.key, { value: pin.value, at });
  }
  return { pins, wrong };
}

const placeIn = (file: string, lines: readonly string[], index: number) => ({
  file,
  line: index + 1,
  column: 1,
  length: (lines[index] ?? "").length,
});

const counts: Readonly<Record<string, number>> = { git: 4, image: 3, fetch: 3 };
const commit = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const digest = /^sha256:[0-9a-f]{64}$/;

function readLine(line: string): { readonly key: string; readonly value: string } | undefined {
  const words = splitPin(line) ?? [];
  const [kind = ""] = words;
  const value = words.at(-1) ?? "";
  const isValue = kind === "git" ? commit.test(value) : digest.test(value);
  if (words.length !== counts[kind] || !isValue) return undefined;
  return { key: line.trim().slice(0, -value.length).trimEnd(), value };
}
