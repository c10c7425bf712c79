/** Verifies the files of a `checksum` target: streams each once, and tells of all that are not as listed. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { isOnDisk } from "../../model/artifact.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { InputSpec } from "../fields.ts";
import { counted, failed } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { type ListedFile, type Lists, shownLists } from "./read-lists.ts";

interface Wanted extends Lists {
  readonly ignoreMissing: boolean;
  /** Files that are verified, and must be listed; absent: all that are listed. */
  readonly only?: readonly InputSpec[];
}

/** Hashing keeps one core busy; reading ahead for it takes a few files. */
const atOnce = 4;

/** More than these are counted: the log of the target has all. */
const mostShown = 50;

export async function verifyFiles(wanted: Wanted, context: ActContext): Promise<ActOutcome> {
  const { signal, progress } = context;
  const findings = await inParallel(filesOf(wanted, context), atOnce, signal, (file, stop) =>
    verifyFile(file, context, stop),
  );
  const counts = findings.filter(({ kind }) => kind !== "missing" || !wanted.ignoreMissing);
  const missing = findings.length - counts.length;
  const wrong = counts.filter(({ kind }) => kind !== "verified");
  for (const { text } of counts) progress.output(text);
  const list = shownLists(wanted.lists);
  if (counts.length === 0)
    return failed({
      code: "checksum-nothing",
      blame: "target",
      message: `no file that ${list} names is there`,
    });
  if (wrong.length > 0) return mismatch(wrong, counts.length, list);
  const left = missing === 0 ? "" : `, ${missing} missing left out`;
  return { kind: "made", artifacts: [], note: `${counted(counts.length, "file")} verified${left}` };
}

function mismatch(wrong: readonly Finding[], all: number, list: string): ActOutcome {
  const more = wrong.length - mostShown;
  return failed({
    code: "checksum-mismatch",
    blame: "target",
    message: `${wrong.length} of ${counted(all, "file")} ${wrong.length === 1 ? "is" : "are"} not as ${list} says`,
    details: [
      ...wrong.slice(0, mostShown).map(({ text }) => text),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
    hint: "get these files anew; where they are right, write the list anew",
  });
}

interface FileToVerify {
  readonly path: string;
  /** Empty for a file that must be listed and is not. */
  readonly expected: readonly ListedFile[];
}

interface Finding {
  readonly kind: "verified" | "missing" | "wrong";
  readonly text: string;
}

/** By path: a file may be listed more than once, and is read once. */
function filesOf({ listed, only }: Wanted, context: ActContext): readonly FileToVerify[] {
  const expected = new Map<string, ListedFile[]>();
  for (const each of listed) expected.set(each.path, [...(expected.get(each.path) ?? []), each]);
  const paths = only ? onlyFiles(only, context) : [...expected.keys()];
  return paths.map((file) => ({ path: file, expected: expected.get(file) ?? [] }));
}

/** What patterns match and what targets made, in order. */
function onlyFiles(specs: readonly InputSpec[], context: ActContext): readonly string[] {
  const { files, artifactsOf } = context;
  const patterns = specs.flatMap((spec) => ("pattern" in spec ? [spec.pattern] : []));
  const made = specs
    .flatMap((spec) => ("targets" in spec ? spec.targets.flatMap(artifactsOf) : []))
    .flatMap((artifact) => {
      if (!isOnDisk(artifact)) return [];
      if (artifact.kind === "file") return [artifact.path];
      return files.list(artifact.path).map((name) => path.posix.join(artifact.path, name));
    });
  return [...new Set([...files.glob(patterns), ...made])].sort();
}

async function verifyFile(
  { path: file, expected }: FileToVerify,
  { files }: ActContext,
  signal: AbortSignal,
): Promise<Finding> {
  const name = `\`${file.replace(/\n/g, "\\n").replace(/\r/g, "\\r")}\``;
  const [first] = expected;
  if (first === undefined) return { kind: "wrong", text: `${name}: not on the list` };
  const listed = `${name}: expected ${first.algorithm} ${first.digest}`;
  const kind = files.kindOf(file);
  if (kind === "absent") return { kind: "missing", text: `${listed}, found no file` };
  if (kind === "folder") return { kind: "wrong", text: `${listed}, found a folder` };
  if (kind === "other") return { kind: "wrong", text: `${listed}, found neither file nor folder` };
  const found = await hashOf(files.absolute(file), expected, signal);
  if (typeof found === "string") return { kind: "wrong", text: `${listed}, ${found}` };
  const other = expected.find(({ algorithm, digest }) => found.get(algorithm) !== digest);
  if (!other) return { kind: "verified", text: `${name}: OK` };
  const { algorithm, digest } = other;
  const text = `${name}: expected ${algorithm} ${digest}, found ${found.get(algorithm)}`;
  return { kind: "wrong", text };
}

/** Digests by algorithm, or why the file cannot be read. */
async function hashOf(
  absolute: string,
  expected: readonly ListedFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | string> {
  const hashes = new Map(expected.map(({ algorithm }) => [algorithm, createHash(algorithm)]));
  try {
    for await (const chunk of createReadStream(absolute, { signal, highWaterMark: 1 << 18 })) {
      for (const hash of hashes.values()) hash.update(chunk as Buffer);
    }
  } catch (error) {
    const { syscall, code = "" } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    return `which cannot be read: ${failures[code] ?? code}`;
  }
  return new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
}

const failures: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EIO: "the disk fails",
  ENOENT: "it is gone",
};
