/** The files that tell of one build: a new one is one file of this folder, one line here, and its option. */
import type { ReportName } from "../model/command-line.ts";
import type { ReportFile } from "./report-file.ts";

/** Only the code of what is asked for is loaded. */
export const reportFiles: Readonly<Record<ReportName, () => Promise<ReportFile>>> = {
  profile: async () => (await import("./profile.ts")).profileFile(),
  junit: async () => (await import("./junit.ts")).junitFile(),
  report: async () => (await import("./html-report.ts")).htmlReportFile(),
};
