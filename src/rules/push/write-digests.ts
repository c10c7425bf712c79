/** Writes which digest each tag of a push has, for files that deploy them. Whole, or not at all. */
import { randomBytes } from "node:crypto";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../../files/make-folders.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { PushedTag } from "../../model/event.ts";

/**
 * JSON, or lines `reference@digest` where the name ends in `.txt`; sorted by reference.
 * @param file absolute path
 * @throws DiagnosticError `cannot-write`
 */
export function writeDigests(file: string, digests: readonly PushedTag[]): void {
  const sorted = [...digests].sort((a, b) => (a.reference < b.reference ? -1 : 1));
  const text = file.endsWith(".txt") ? asLines(sorted) : asJson(sorted);
  try {
    writeAside(file, text, (aside) => renameSync(aside, file));
  } catch (error) {
    throw cannotWrite(file, error, "the images are pushed; name another file");
  }
}

/**
 * Before anything is sent: makes the folder of the file, and leaves nothing in it.
 * @throws DiagnosticError `cannot-write`
 */
export function checkDigestsFile(file: string): void {
  try {
    writeAside(file, "", () => undefined);
    if (!lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) return;
  } catch (error) {
    throw cannotWrite(file, error, "nothing was pushed; name another file");
  }
  throw cannotWrite(file, { code: "EISDIR" }, "nothing was pushed; name a file in it");
}

function writeAside(file: string, text: string, finish: (aside: string) => void): void {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    makeFolders(path.dirname(file));
    writeFileSync(aside, text);
    finish(aside);
  } finally {
    rmSync(aside, { force: true });
  }
}

const failures: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "a folder of its path is a file",
  EISDIR: "it is a folder",
  ENOSPC: "no space is left",
  ENOTDIR: "a folder of its path is a file",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};

function cannotWrite(file: string, error: unknown, hint: string): DiagnosticError {
  const { code = "" } = error as NodeJS.ErrnoException;
  const problem: Diagnostic = {
    code: "cannot-write",
    blame: "surroundings",
    message: `cannot write the digests to \`${file}\`: ${failures[code] ?? code}`,
    hint,
  };
  return new DiagnosticError(problem, { cause: error });
}

const asJson = (digests: readonly PushedTag[]): string =>
  `${JSON.stringify(Object.fromEntries(digests.map((it) => [it.reference, it.digest])), null, 2)}\n`;

const asLines = (digests: readonly PushedTag[]): string =>
  digests.map(({ reference, digest }) => `${reference}@${digest}\n`).join("");
