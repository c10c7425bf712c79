/** Finds the lists of a `checksum` target, in files or in the target file, and reads all their lines. */
import { statSync } from "node:fs";
import path from "node:path";
import { type Diagnostic, DiagnosticError, type Location } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { usageError, usageProblem } from "../problems.ts";
import type { FilesView, InputFile } from "../rule.ts";
import { looksLikeLine, readLine } from "./read-line.ts";

export interface ListedFile {
  /** Relative to the workspace where the list is; else absolute. */
  readonly path: string;
  readonly algorithm: "sha256" | "sha512";
  /** Hexadecimal, in lower case. */
  readonly digest: string;
}

export interface Lists {
  /** The files among them. */
  readonly lists: readonly InputFile[];
  readonly listed: readonly ListedFile[];
}

/** In bytes: a hundred thousand lines are some fifteen million, and a list is read as a whole. */
const largestList = 64 * 1024 * 1024;

/** A text that is a list, or a line of one, and no path. */
export const isLine = (text: string): boolean => text.includes("\n") || looksLikeLine(text);

/** What is wrong with lines that stand in the target file. */
export const linesProblems = (texts: readonly string[], target: Target): readonly Diagnostic[] =>
  texts.filter(isLine).flatMap((text) => linesIn(text, "", placeIn(target)).problems);

/**
 * @param texts paths of lists, and lines
 * @throws DiagnosticError where a list is not there, is none, or names no file
 */
export function readLists(texts: readonly string[], files: FilesView, target: Target): Lists {
  const folder = target.folder ?? "";
  const lists: InputFile[] = [];
  const read = texts.map((text) => {
    if (isLine(text)) return linesIn(text, folder, placeIn(target));
    const list = relative(path.resolve(files.absolute(folder), text), files);
    lists.push({ name: list, path: files.absolute(list) });
    const at = (line: number) => ({ file: list, line, column: 1 });
    return linesIn(textOf(list, files, target), path.posix.dirname(list), at);
  });
  const problems = read.flatMap((list) => list.problems);
  const [first] = problems;
  if (first) throw new DiagnosticError(withOthers(first, problems.length - 1));
  const listed = read.flatMap((list) => list.listed);
  if (listed.length > 0) return { lists, listed };
  throw usageError(target, "checksum", {
    code: "checksum-list-empty",
    message: `${shownLists(lists)} names no file`,
  });
}

/** The one list by its path; lines of the target file, or several lists, without a name. */
export const shownLists = (lists: readonly InputFile[]): string =>
  lists.length === 1 ? `\`${lists[0]?.name}\`` : "the list";

type Place = (line: number) => Location;

/** The key stands for all of its lines. */
const placeIn =
  ({ places, declaredAt }: Target): Place =>
  () =>
    places["checksum"] ?? declaredAt;

interface ReadLines {
  readonly listed: readonly ListedFile[];
  readonly problems: readonly Diagnostic[];
}

function linesIn(text: string, folder: string, at: Place): ReadLines {
  const listed: ListedFile[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const read = readLine(line);
    if (read.kind === "wrong") {
      const { code, message, hint } = read;
      problems.push({ code, blame: "usage", message, hint, at: at(index + 1) });
    } else if (read.kind === "file") {
      const { name, algorithm, digest } = read;
      listed.push({ path: path.posix.join(folder, name), algorithm, digest });
    }
  }
  return { listed, problems };
}

function textOf(list: string, files: FilesView, target: Target): string {
  const kind = files.kindOf(list);
  if (kind !== "file") {
    const message = kind === "absent" ? "does not exist" : "is no file";
    throw usageError(target, "checksum", {
      code: "checksum-list-missing",
      message: `list of checksums \`${list}\` ${message}`,
      ...(kind === "absent" && { hint: "a target that makes it goes into `needs`" }),
    });
  }
  if (statSync(files.absolute(list)).size <= largestList) return files.read(list);
  throw new DiagnosticError(
    usageProblem(target, "checksum", {
      code: "checksum-list-too-large",
      message: `\`${list}\` is no list of checksums: it has more than 64 MB`,
    }),
  );
}

function relative(absolute: string, files: FilesView): string {
  const root = files.absolute(".");
  return absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : absolute;
}

const withOthers = (first: Diagnostic, others: number): Diagnostic =>
  others === 0
    ? first
    : { ...first, details: [`${others} more ${others === 1 ? "line is" : "lines are"} wrong`] };
