/** Puts the local checkouts that `--source` names in the place of the repositories of targets. */
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { Declaration } from "../config/declaration.ts";
import { resolveWanted } from "../config/list-targets.ts";
import { findCheckout } from "../files/local-checkout.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { CommonRequest } from "./request.ts";
import * as problems from "./source-problems.ts";

/** The same project, in which these targets are made from local checkouts. */
export function withSources(
  project: Result<Project>,
  declaration: Declaration,
  { sources, directory }: Pick<CommonRequest, "sources" | "directory">,
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

/** Folders by targets, of those that can be read: what is wrong with the others is told by `withSources`. */
export function givenSources(
  declaration: Declaration,
  { sources, directory }: Pick<CommonRequest, "sources" | "directory">,
  environment: NodeJS.ProcessEnv,
): ReadonlyMap<TargetName, string> {
  const read = sources.map((typed) => readSource(typed, declaration, { directory, environment }));
  return new Map(
    read.flatMap((each) =>
      each.ok ? each.value.names.map((name) => [name, each.value.folder] as const) : [],
    ),
  );
}

interface Source {
  readonly names: readonly TargetName[];
  /** Absolute. */
  readonly folder: string;
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
  const names = resolveWanted(declaration, [name]);
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
      // As the system calls it: links above it are nobody's business later on.
      return ok({ names: names.value, folder: realpathSync.native(folder) });
  }
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
