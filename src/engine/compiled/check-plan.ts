/**
 * Whether what an earlier run left as its plan still holds: looks at files, variables and images, and
 * at nothing that a target file says. Changes nothing.
 */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import type { Docker } from "../../docker/docker.ts";
import { sameSignature, signatureOf, statIfPresent } from "../../files/looks.ts";
import type { Digest } from "../../model/artifact.ts";
import { StateFolder } from "../../store/state-folder.ts";
import { EngineImages } from "../fresh/engine-images.ts";
import { CompiledPlan, type CountedGit, type CountedVariable } from "./compiled-plan.ts";
import { changedRows } from "./plan-rows.ts";
import { programDigest } from "./program-digest.ts";

export interface CheckedPlan {
  readonly plan: CompiledPlan;
  /** Rows of entries that are not as they were. */
  readonly rows: readonly number[];
  /** Indexes of targets whose images are not as they were. */
  readonly targets: readonly number[];
  /** Asked of the engine when the plan tells of images. */
  readonly images: EngineImages;
}

/** What the target files say now. */
export interface DeclaredTargets {
  /** As they were read. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
  /** Whether any target, wanted or not, uses what git tells. */
  readonly usesGit?: boolean;
  /** Digests of what each family of targets is declared to be. */
  readonly definitions: () => ReadonlyMap<string, string>;
}

export interface PlanSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly docker: () => Promise<Docker>;
}

/**
 * @param root absolute path of the workspace
 * @param key which plan, from `planKey`
 * @returns what of the plan does not hold; undefined where there is no plan that anything could be told by
 */
export async function checkPlan(
  root: string,
  key: string,
  { environment, docker }: PlanSurroundings,
): Promise<CheckedPlan | undefined> {
  const state = new StateFolder(root);
  const plan = CompiledPlan.open(state.plan(key));
  if (!plan || plan.about.program !== programDigest()) return undefined;
  if (environmentDigest(plan.about.variables, environment) !== plan.about.environment)
    return undefined;
  if (digestOfFile(plan.about.lock.path) !== (plan.about.lock.digest ?? undefined))
    return undefined;
  if (plan.about.git && !(await isSameGit(plan.about.git, root, environment))) return undefined;
  if (!isUndisturbed(plan, state)) return undefined;
  const rows = changedRows(plan.rows, root);
  const images = new EngineImages();
  if (plan.about.images.length > 0) await images.load(docker);
  const targets = plan.about.images.flatMap(([reference, id, target]) =>
    images.idOf(reference) === id ? [] : [target],
  );
  return isUndisturbed(plan, state) ? { plan, rows, targets, images } : undefined;
}

/**
 * Whether nothing that the plan rests on changed and all was fresh when it was made: nothing else need be loaded.
 */
export const isFresh = ({ plan, rows, targets }: CheckedPlan): boolean =>
  rows.length === 0 && targets.length === 0 && plan.about.isFresh;

/** @returns undefined where there is no such file */
function digestOfFile(file: string): Digest | undefined {
  try {
    return `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Loaded only where targets use what git tells. */
async function isSameGit(
  { names, digest }: CountedGit,
  root: string,
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  const { GitHead, gitDigest } = await import("../../files/git-head.ts");
  return gitDigest(names, new GitHead(root, environment)) === digest;
}

/** Whether no other build runs or made anything since. */
const isUndisturbed = (plan: CompiledPlan, state: StateFolder): boolean =>
  !existsSync(state.lock) && isTracesOf(plan, state);

/** Whether the traces are those that the plan was made from. */
export function isTracesOf({ about }: CompiledPlan, state: StateFolder): boolean {
  const stats = statIfPresent(state.traces, lstatSync);
  return stats !== undefined && sameSignature(signatureOf(stats), about.traces);
}

/** Whether the target files hold what they held, and nothing else decides what they declare. */
export function hasSameFiles(
  { about }: CompiledPlan,
  { files, usesGit = false }: Pick<DeclaredTargets, "files" | "usesGit">,
): boolean {
  return (
    !usesGit &&
    files.length === about.targetFiles.length &&
    files.every(({ path, digest }, index) => {
      const before = about.targetFiles[index];
      return before?.path === path && before.digest === digest;
    })
  );
}

/**
 * Whether the target files declare the same targets with the same values: what was expanded and checked
 * when the plan was made need not be expanded again. Most edits of a comment, a help text or a name are such.
 */
export const hasSameTargets = (plan: CompiledPlan, now: DeclaredTargets): boolean =>
  hasSameFiles(plan, now) || isSameMap(plan.definitions(), now.definitions());

const isSameMap = (
  before: ReadonlyMap<string, string> | undefined,
  now: ReadonlyMap<string, string>,
): boolean =>
  before?.size === now.size && [...now].every(([name, digest]) => before.get(name) === digest);

/** Under which key the plan of a command is kept: what it is made of and what was typed, where. */
export function planKey(targetFile: string, directory: string, words: readonly string[]): string {
  const text = JSON.stringify([targetFile, directory, words]);
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** An empty variable and one that is not set differ; of a secret it only counts whether it is given. */
export function environmentDigest(
  variables: readonly CountedVariable[],
  environment: NodeJS.ProcessEnv,
): string {
  const values = variables.map(({ name, secret }) =>
    secret ? Boolean(environment[name]) : (environment[name] ?? null),
  );
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 32);
}
