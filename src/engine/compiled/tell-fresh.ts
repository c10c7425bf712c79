/** Tells of a run in which the plan alone showed that everything is fresh; it leaves the same log as any run. */

import { StateFolder } from "../../store/state-folder.ts";
import type { BuildParts, BuildRequest } from "../build-request.ts";
import { Recorder } from "../recorder.ts";
import { unfinishedPushes } from "../unfinished-pushes.ts";
import type { CheckedPlan } from "./check-plan.ts";

export type FreshRequest = Pick<
  BuildRequest,
  "command" | "version" | "dryRun" | "signal" | "jobs"
> & {
  /** Absolute path of the workspace. */
  readonly root: string;
  /** What the run took so far. */
  readonly seconds: number;
};

/**
 * Reports the events of such a run, and writes its run log. `seconds` of the request is what the run took.
 */
export function tellFresh(
  { plan }: CheckedPlan,
  request: FreshRequest,
  parts: Pick<BuildParts, "reporter" | "redact">,
): void {
  const { root, jobs, seconds } = request;
  const { project, wanted, made, choices } = plan.about;
  const recorder = new Recorder(request, parts);
  recorder.open(new StateFolder(root).runs);
  const { reporter } = recorder;
  reporter.report({ kind: "started", project, wanted, total: made, fresh: made, jobs });
  for (const choice of choices) reporter.report(choice);
  for (const problem of unfinishedPushes(root, false))
    reporter.report({ kind: "warning", problem });
  const counts = { built: 0, fresh: made, failed: 0, skipped: 0 };
  reporter.report({ kind: "finished", ...counts, seconds });
  recorder.close();
}
