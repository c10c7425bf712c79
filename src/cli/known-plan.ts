/** The plan that the last run of the same command line left, held against the files of now. */
import path from "node:path";
import { type CheckedPlan, checkPlan, planKey } from "../engine/compiled/check-plan.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { LazyEngine } from "./lazy-engine.ts";
import type { TargetRequest } from "./prepare.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";
import { targetFileOf } from "./target-file.ts";

export interface KnownPlan {
  readonly key: string;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly checked?: CheckedPlan;
}

/** @returns undefined for a command that neither uses nor leaves a plan */
export async function findKnownPlan(
  { common, argv }: TargetRequest,
  { environment }: Surroundings,
  engine: LazyEngine,
): Promise<KnownPlan | undefined> {
  const file = targetFileOf(common);
  if (file === undefined || looksAtAll(common)) return undefined;
  const key = planKey(file, common.directory, argv);
  const root = path.dirname(file);
  const docker = () => engine.connect();
  const checked = await checkPlan(root, key, { environment, docker }).catch(unlessBug);
  return checked ? { key, root, checked } : { key, root };
}

/** What has to tell of each target has to look at each. */
const looksAtAll = ({ dryRun, force, verbose, log, reports }: CommonRequest): boolean =>
  dryRun || force || verbose || log === "json" || Object.keys(reports).length > 0;

/** An engine that cannot be asked, a folder that cannot be read: the build tells of it in its own words. */
function unlessBug(error: unknown): undefined {
  const isSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
  if (!isSystem && !(error instanceof DiagnosticError)) throw error;
}
