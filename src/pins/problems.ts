/** The wording of what can be wrong with a lock file, and with what is not in it. */
import path from "node:path";
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import { shownPin } from "../model/pin-words.ts";

const usage = (
  code: string,
  message: string,
  more: Pick<Diagnostic, "at" | "hint" | "details">,
): Diagnostic => ({ code, blame: "usage", message, ...more });

export const newerLock = (file: string, version: string): Diagnostic =>
  usage(
    "newer-lock",
    `\`${file}\` has version ${version} of the format, which this tbuild does not know`,
    {
      at: { file, line: 1, column: 1 },
      hint: "use the tbuild that wrote it, or a later one",
    },
  );

export const noLockHead = (at: Location, head: string): Diagnostic =>
  usage("no-lock", `\`${at.file}\` does not begin as a lock file does`, {
    at,
    hint: `its first line is \`${head.replace(/:.*/s, "")}\`; remove the file, and \`tbuild update\` writes it anew`,
  });

export const lockConflict = (at: Location): Diagnostic =>
  usage("lock-conflict", `a conflict of git is not resolved in \`${at.file}\``, {
    at,
    hint: "keep the lines of both sides, of two for one name the one that is meant",
  });

export const badLockLine = (line: string, at: Location): Diagnostic =>
  usage("bad-lock-line", `\`${line}\` is no line of a lock file`, {
    at,
    hint: "lines are `git URL REF COMMIT`, `image NAME sha256:…` and `fetch URL sha256:…`",
  });

export const lockedTwice = (key: string, at: Location, other: Location): Diagnostic =>
  usage("locked-twice", `${shownPin(key)} is locked twice, to different values`, {
    at,
    details: [`the other is at ${other.file}:${other.line}:${other.column}`],
    hint: "keep the line that is meant",
  });

const unreadable: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

export const unreadableLock = (file: string, cause: NodeJS.ErrnoException): Diagnostic => ({
  code: "lock-unreadable",
  blame: "surroundings",
  message: `cannot read \`${path.basename(file)}\`: ${unreadable[cause.code ?? ""] ?? cause.message}`,
});

export const unwritableLock = (file: string, cause: NodeJS.ErrnoException): Diagnostic => ({
  code: "lock-unwritable",
  blame: "surroundings",
  message: `cannot write \`${path.basename(file)}\`: ${unreadable[cause.code ?? ""] ?? cause.message}`,
  hint: "what was found out is asked for again by the next run",
});

/** With `--locked`. @param by what `tbuild update` is to be called with */
export const notLocked = (key: string, file: string, by: string, at: Location): Diagnostic =>
  usage("not-locked", `${shownPin(key)} is not in \`${path.basename(file)}\``, {
    at,
    hint: `\`tbuild update ${by}\` adds it`,
  });
