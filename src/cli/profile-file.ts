/** The file that `--profile` names: tried before anything runs, written at the end. What it says is not its business. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { RunLine } from "../model/run-log.ts";
import * as problems from "./usage-problems.ts";

/** Makes the file where there is none; what is in it stays until there is a profile. */
export const profileProblem = (file: string): Diagnostic | undefined =>
  problemOf(file, () => closeSync(openSync(file, "a")));

export async function writeProfile(
  file: string,
  lines: readonly RunLine[],
): Promise<Diagnostic | undefined> {
  const { profileOf } = await import("../report/profile.ts");
  const text = `${JSON.stringify(profileOf(lines))}\n`;
  return problemOf(file, () => writeFileSync(file, text));
}

function problemOf(file: string, write: () => void): Diagnostic | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return problems.unwritableProfile(file, failures[code] ?? message);
  }
}

const failures: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  ENOENT: "there is no such folder",
  ENOSPC: "no space is left",
  ENOTDIR: "there is no such folder",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};
