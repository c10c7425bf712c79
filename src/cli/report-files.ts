/** The files about a build that options name: tried before anything runs, written at the end. What they say is not its business. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { type ReportName, type ReportOption, reportOptions } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { GraphDrawing } from "../model/graph-drawing.ts";
import type { RunLine } from "../model/run-log.ts";
import type { SizeOf } from "../report/report-file.ts";
import { reportFiles } from "../report/report-files.ts";
import type { CommonRequest } from "./request.ts";
import * as problems from "./usage-problems.ts";

export interface OpenReports {
  readonly record: (line: RunLine) => void;
  /** Takes the graph of what will be built, where one of them shows it. */
  readonly draw: ((drawing: GraphDrawing, sizeOf: SizeOf) => void) | undefined;
  /** @returns what could not be written */
  readonly write: () => readonly Diagnostic[];
}

/** Makes each file where there is none; what is in it stays until there is more to say. */
export const reportProblems = (reports: CommonRequest["reports"]): readonly Diagnostic[] =>
  asked(reports).flatMap(({ option, file }) =>
    problemOf(option, file, () => closeSync(openSync(file, "a"))),
  );

/** @returns undefined when none is asked for: the build then tells nobody */
export async function openReports(
  reports: CommonRequest["reports"],
): Promise<OpenReports | undefined> {
  const open = await Promise.all(
    asked(reports).map(async (one) => ({ ...one, report: await reportFiles[one.option.name]() })),
  );
  if (open.length === 0) return undefined;
  const drawn = open.filter(({ report }) => report.draw);
  const draw = (drawing: GraphDrawing, sizeOf: SizeOf): void => {
    for (const { report } of drawn) report.draw?.(drawing, sizeOf);
  };
  return {
    draw: drawn.length === 0 ? undefined : draw,
    record: (line) => {
      for (const { report } of open) report.add(line);
    },
    write: () =>
      open.flatMap(({ option, file, report }) =>
        problemOf(option, file, () => writeFileSync(file, report.text())),
      ),
  };
}

interface Asked {
  readonly option: ReportOption & { readonly name: ReportName };
  /** Absolute. */
  readonly file: string;
}

const asked = (reports: CommonRequest["reports"]): readonly Asked[] =>
  reportOptions.flatMap((option) => {
    const file = reports[option.name];
    return file === undefined ? [] : [{ option, file }];
  });

function problemOf(option: ReportOption, file: string, write: () => void): readonly Diagnostic[] {
  try {
    write();
    return [];
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return [problems.unwritableReport(option, file, failures[code] ?? message)];
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
