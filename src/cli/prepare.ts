/** What every command about targets begins with: the target file, the words, the parameters, the project. */
import type { Declaration } from "../config/declaration.ts";
import { definitionsOf } from "../config/expand/definitions.ts";
import { expand, expandLazily } from "../config/expand/expand.ts";
import { fillMatrices } from "../config/expand/fill-matrices.ts";
import { type ParameterValues, resolveParameters } from "../config/expand/resolve-parameters.ts";
import { reachableCheckouts, reachableGitNames, usesGit } from "../config/list-targets.ts";
import type { TriedFiles } from "../config/read/load-target-file.ts";
import { givenSources, withSources } from "../config/sources.ts";
import { type CheckedPlan, hasSameTargets } from "../engine/compiled/check-plan.ts";
import type { CountedGit } from "../engine/compiled/compiled-plan.ts";
import type { OptionDefinition } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Limits } from "../model/limits.ts";
import { lockPathOf } from "../model/pin.ts";
import { ok, type Result } from "../model/result.ts";
import type { Project, TargetName } from "../model/target.ts";
import { type LockFile, readLockFile } from "../pins/lock-file.ts";
import { Pins } from "../pins/pins.ts";
import type { CheckoutRoom } from "./checkout-values.ts";
import { loadDeclaration } from "./load.ts";
import { readArguments, resolveArguments } from "./read-arguments.ts";
import { readLimits } from "./read-limits.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";

interface GitUse {
  /** By any target, wanted or not. */
  readonly isUsed: boolean;
  /** By those that are wanted. */
  readonly counted?: CountedGit;
}

export type Prepared = {
  /** The target files that were read, or could not be. */
  readonly tried: TriedFiles;
} & (
  | {
      readonly ok: true;
      /** Folder that the places of problems are relative to. */
      readonly root: string;
      readonly declaration: Declaration;
      readonly project: Project;
      /** How much may be kept between runs. */
      readonly limits: Limits;
      readonly wanted: readonly TargetName[];
      /** What is locked. */
      readonly pins: Pins;
      /** Names as they were typed, or the file's default. */
      readonly names: readonly string[];
      /** Digests of what each family of targets is declared to be, made when they are asked for. */
      readonly definitions: () => ReadonlyMap<string, string>;
      /** What of git the wanted targets use. */
      readonly git: GitUse;
      /** Whether names of checkouts stand for what neither the lock nor a commit says. */
      readonly mayMove: boolean;
      /** Whether a secret is read from a file that was named. */
      readonly readsSecretFile: boolean;
      /** Values of the command's own options. */
      readonly own: ReadonlyMap<string, string>;
    }
  | { readonly ok: false; readonly root: string; readonly problems: readonly Diagnostic[] }
);

export interface TargetRequest {
  readonly common: CommonRequest;
  readonly argv: readonly string[];
}

export interface PrepareOptions {
  /** Options that only this command has. */
  readonly ownOptions?: readonly OptionDefinition[];
  /** Where no target is named, all of the target file are meant, and not its default. */
  readonly everything?: boolean;
  /** No server is asked: what checkouts stand for has no value where the lock does not say it. */
  readonly asksNobody?: boolean;
  /** A plan of the same command, to tell what need not be expanded. */
  readonly checked?: CheckedPlan | undefined;
}

export async function prepare(
  { common, argv }: TargetRequest,
  place: Surroundings,
  { ownOptions = [], everything = false, asksNobody = false, checked }: PrepareOptions = {},
): Promise<Prepared> {
  const { environment } = place;
  const { root, declaration: loaded, tried } = loadDeclaration(common);
  if (!loaded.ok) return { ...loaded, root, tried };
  const read = readArguments(argv, loaded.value, ownOptions, everything);
  const { given, names, own } = read;
  const values = resolveParameters(loaded.value, given, environment, common.directory);
  const refused = ({ problems }: { readonly problems: readonly Diagnostic[] }): Prepared => ({
    ...{ ok: false, root, tried },
    problems: [...read.problems, ...problems],
  });
  if (!values.ok) return refused(values);
  const declaration = fillMatrices(loaded.value, values.value);
  if (!declaration.ok) return refused(declaration);
  const wanted = resolveArguments(read, declaration.value, ownOptions);
  if (!wanted.ok) return { ...wanted, root, tried };
  const limits = readLimits(declaration.value.limits, environment);
  if (!limits.ok) return { ...limits, root, tried };
  const lock = readLock(declaration.value, tried);
  if (!lock.ok) return { ...lock, root, tried };
  const pins = new Pins(lock.value, common.locked);
  const room = {
    declaration: declaration.value,
    values: values.value,
    pins,
    common,
    asksNobody,
    place,
  };
  const checkouts = await addCheckouts(room, names);
  if (!checkouts.ok) return { ...checkouts, root, tried };
  const definitions = once(() => definitionsOf(declaration.value, values.value));
  const git = gitOf(declaration.value, names, values.value);
  const project = projectOf(room, checked, { git, definitions });
  if (!project.ok) return { ...project, root, tried };
  // A watch looks at them as at the target files: another commit makes other targets.
  if (git.counted) for (const file of values.value.gitFiles?.() ?? []) tried.set(file, undefined);
  return {
    ok: true,
    root,
    tried,
    declaration: declaration.value,
    project: project.value,
    limits: limits.value,
    wanted: wanted.value,
    pins,
    mayMove: checkouts.value,
    names,
    definitions,
    git,
    readsSecretFile: declaration.value.parameters.some(
      ({ name, type }) => type === "secret" && given.has(`${name}-file`),
    ),
    own,
  };
}

/** Where a plan says that the targets are as they were, each is made when it is asked for. */
function projectOf(
  room: Omit<CheckoutRoom, "sources">,
  checked: CheckedPlan | undefined,
  known: { readonly git: GitUse; readonly definitions: () => ReadonlyMap<string, string> },
): Result<Project> {
  const { declaration, values, common } = room;
  const { definitions, git } = known;
  const isKnown =
    checked &&
    hasSameTargets(checked.plan, { files: declaration.files, usesGit: git.isUsed, definitions });
  return isKnown && common.sources.length === 0
    ? ok(expandLazily(declaration, values))
    : expandAll(room);
}

const expandAll = ({ declaration, values, common, place }: Omit<CheckoutRoom, "sources">) =>
  withSources(expand(declaration, values), declaration, common, place.environment);

/** @returns whether what they stand for may move */
async function addCheckouts(
  room: Omit<CheckoutRoom, "sources">,
  names: readonly string[],
): Promise<Result<boolean>> {
  const { declaration, values, common, place } = room;
  if (reachableCheckouts(declaration, names).length === 0) return ok(false);
  const { readCheckouts } = await import("./checkout-values.ts");
  const sources = givenSources(declaration, common, place.environment);
  const found = await readCheckouts({ ...room, sources }, names);
  if (!found.ok) return found;
  const added = values.addCheckouts?.(found.value.texts, found.value.none) ?? ok(undefined);
  return added.ok ? ok(found.value.mayMove) : added;
}

/** A watch looks at it as at the target files. */
function readLock({ files }: Declaration, tried: TriedFiles): Result<LockFile> {
  const path = lockPathOf(files);
  const lock = readLockFile(path);
  tried.set(path, lock.ok ? lock.value.digest : undefined);
  return lock;
}

function gitOf(
  declaration: Declaration,
  names: readonly string[],
  { gitDigest }: ParameterValues,
): GitUse {
  if (!usesGit(declaration)) return { isUsed: false };
  const used = reachableGitNames(declaration, names);
  if (used.length === 0 || !gitDigest) return { isUsed: true };
  return { isUsed: true, counted: { names: used, digest: gitDigest(used) } };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
