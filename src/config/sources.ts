/** Puts the local checkouts that `--source` names in the place of the repositories of targets. */
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { findCheckout, type LocalCheckout } from "../files/local-checkout.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { Declaration } from "./declaration.ts";
import { resolveWanted } from "./list-targets.ts";
import * as problems from "./problems/source-problems.ts";
import { memberName } from "./target-index.ts";

export interface GivenSources {
  /** As they were typed: `NAME=PATH`. */
  readonly sources: readonly string[];
  /** Folder that their paths start at, absolute. */
  readonly directory: string;
}

/** The same project, in which these targets are made from local checkouts. */
export function withSources(
  project: Result<Project>,
  declaration: Declaration,
  { sources, directory }: GivenSources,
  environment: NodeJS.ProcessEnv,
): Result<Project> {
  if (!project.ok || sources.length === 0) return project;
  const places = new Map<TargetName, string>();
  const found: Diagnostic[] = [];
  for (const typed of sources) {
    const read = readSource(typed, declaration, { directory, environment });
    if (!read.ok) found.push(...read.problems);
    else
      for (const name of read.value.names) {
        found.push(...unfit(project.value, name, places));
        places.set(name, read.value.folder);
      }
  }
  if (found.length > 0) return fail(...found);
  const targets = new Map<TargetName, Target>(
    [...project.value.targets].map(([name, target]) => {
      const source = places.get(name);
      return [name, source === undefined ? target : { ...target, source }];
    }),
  );
  return ok({ ...project.value, targets });
}

/** How the checkouts stand, by targets: what is wrong with those that cannot be read is told by `withSources`. */
export function givenSources(
  declaration: Declaration,
  { sources, directory }: GivenSources,
  environment: NodeJS.ProcessEnv,
): ReadonlyMap<TargetName, LocalCheckout> {
  const read = sources.map((typed) => readSource(typed, declaration, { directory, environment }));
  return new Map(
    read.flatMap((each) =>
      each.ok ? each.value.names.map((name) => [name, each.value.state] as const) : [],
    ),
  );
}

interface Source {
  readonly names: readonly TargetName[];
  /** Absolute. */
  readonly folder: string;
  readonly state: LocalCheckout;
}

interface Caller {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A path may have a `=` in it, a name may not. */
function readSource(
  typed: string,
  declaration: Declaration,
  { directory, environment }: Caller,
): Result<Source> {
  const [, name, given] = /^([^=]+)=(.+)$/s.exec(typed) ?? [];
  if (name === undefined || given === undefined) return fail(problems.notNameAndPath(typed));
  const names = namesOf(name, declaration);
  if (!names.ok) return names;
  const folder = path.resolve(directory, given);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return fail(problems.sourceMissing(name, given));
  if (!stats.isDirectory()) return fail(problems.sourceNoFolder(name, given));
  const place = findCheckout(folder, environment);
  switch (place.kind) {
    case "none":
      return fail(problems.sourceNoCheckout(name, given, place.said));
    case "below":
      return fail(problems.sourceBelow(name, given, place.top));
    case "checkout":
      return ok({
        names: names.value,
        // As the system calls it: links above it are nobody's business later on.
        folder: realpathSync.native(folder),
        state: place.state,
      });
  }
}

/** The value of a member is enough where no target has that name, and one checkout alone is meant. */
function namesOf(name: string, declaration: Declaration): Result<readonly TargetName[]> {
  const found = resolveWanted(declaration, [name]);
  if (found.ok) return found;
  const [member, other] = declaration.targets.filter(
    ({ rule, axes }) => rule === "git" && axes.length === 1 && axes[0]?.values.includes(name),
  );
  if (member === undefined || other !== undefined) return found;
  return ok([memberName(member.name, [name]) as TargetName]);
}

function unfit(
  { targets }: Project,
  name: TargetName,
  before: ReadonlyMap<TargetName, string>,
): readonly Diagnostic[] {
  const rule = targets.get(name)?.rule?.kind;
  if (rule !== "git") {
    const fit = [...targets.values()].filter((target) => target.rule?.kind === "git");
    return [
      problems.noGitTarget(
        name,
        rule,
        fit.map((target) => target.name),
      ),
    ];
  }
  return before.has(name) ? [problems.twoSources(name)] : [];
}
