/** What the command line asks of a declaration before anything is expanded. */
import { type GitName, gitNames } from "../files/git-head.ts";
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import type { Parameter } from "../model/parameter.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { TargetName } from "../model/target.ts";
import type { Declaration, TargetDeclaration } from "./declaration.ts";
import { readCheckoutKey } from "./expand/checkout-names.ts";
import { namesToGive } from "./expand/missing-parameters.ts";
import { NameResolver } from "./expand/name-resolver.ts";
import { isOpen, memberNames, parseName } from "./target-index.ts";

export interface ListedTarget {
  readonly name: string;
  readonly help?: string;
  /** Kind of the rule; absent for a group. */
  readonly rule?: string;
  /** Of a matrix; none where its list is not given. */
  readonly members?: readonly string[];
  /** Names of the lists that it has a member for each value of. */
  readonly each?: readonly string[];
  readonly location: Location;
}

/** All targets in the order of the file, a matrix once. */
export function listTargets(declaration: Declaration): readonly ListedTarget[] {
  return declaration.targets.map((target) => ({
    name: target.name,
    ...(target.help !== undefined && { help: target.help }),
    ...(target.rule !== undefined && { rule: target.rule }),
    ...(target.axes.length > 0 && { members: isOpen(target.axes) ? [] : memberNames(target) }),
    ...eachOf(declaration, target),
    location: target.declaredAt,
  }));
}

function eachOf(declaration: Declaration, { axes }: TargetDeclaration) {
  const keys = axes.flatMap(({ list }) => (list ? [list.key] : []));
  const each = [...new Set(keys.flatMap((key) => namesToGive(declaration, key)))];
  return each.length > 0 ? { each } : {};
}

/** The targets that names from the command line stand for, each once. */
export function resolveWanted(
  { targets }: Declaration,
  names: readonly string[],
): Result<readonly TargetName[]> {
  const resolver = new NameResolver(targets);
  const found = new Set<TargetName>();
  const problems: Diagnostic[] = [];
  for (const name of names) {
    const resolved = resolver.resolve(name);
    if (resolved.ok) for (const target of resolved.value) found.add(target);
    else problems.push(...resolved.problems);
  }
  return problems.length > 0 ? fail(...problems) : ok([...found]);
}

/**
 * The parameters that the named targets or anything below them may use, all alternatives included. One that
 * only an included file uses, and requires, is as that file declares it.
 */
export function reachableParameters(
  declaration: Declaration,
  names: readonly string[],
): readonly Parameter[] {
  const keys = reachableKeys(declaration, names);
  const given = new Set([...keys].flatMap((key) => namesToGive(declaration, key)));
  return declaration.parameters
    .filter(({ name }) => given.has(name))
    .map((parameter) => (keys.has(parameter.name) ? parameter : asUsed(parameter)));

  function asUsed(outer: Parameter): Parameter {
    const users = declaration.bindings.filter(
      ({ key, uses }) => keys.has(key) && uses.includes(outer.name),
    );
    const [only] = users;
    return only && users.every(({ onlyGiven }) => onlyGiven) ? only.parameter : outer;
  }
}

/** What git tells and the named targets or anything below them may use. */
export function reachableGitNames(
  declaration: Declaration,
  names: readonly string[],
): readonly GitName[] {
  const used = reachableNames(declaration, names);
  return gitNames.filter((name) => used.has(name));
}

/** Keys of the names of checkouts that the named targets or anything below them may use. */
export function reachableCheckouts(
  declaration: Declaration,
  names: readonly string[],
): readonly string[] {
  const used = [...reachableNames(declaration, names)];
  return used.filter((key) => readCheckoutKey(key) !== undefined);
}

/** Whether any target uses what git tells. */
export function usesGit(declaration: Declaration): boolean {
  const uses = [...declaration.targets, ...declaration.targets.flatMap(alternativesOf)];
  const found = new Set([...uses, ...declaration.bindings].flatMap((each) => each.uses));
  return [...found].some((key) => /(^| )git\.\w+$/.test(key));
}

/** Kinds of the rules of the named targets and of all below them. */
export function reachableRules(
  declaration: Declaration,
  names: readonly string[],
): ReadonlySet<string> {
  return new Set(reachableTargets(declaration, names).flatMap(({ rule }) => rule ?? []));
}

function reachableNames(declaration: Declaration, names: readonly string[]): ReadonlySet<string> {
  const keys = reachableKeys(declaration, names);
  return new Set([...keys].flatMap((key) => namesToGive(declaration, key)));
}

function reachableKeys(declaration: Declaration, names: readonly string[]): ReadonlySet<string> {
  const parts = reachableTargets(declaration, names);
  // What is kept in the shared cache concerns every target.
  const keys = [...(declaration.cache?.uses ?? []), ...parts.flatMap(({ uses }) => uses)];
  return new Set([...keys, ...keys.flatMap((key) => othersOf(declaration, key))]);
}

/** Keys of what pieces stand for that are left out of the values of a list. */
function othersOf({ parameters, bindings }: Declaration, key: string): readonly string[] {
  const bound = bindings.find((binding) => binding.key === key)?.parameter;
  const form = (bound ?? parameters.find(({ name }) => name === key))?.form;
  return form?.pieces.flatMap(({ otherwise }) => otherwise ?? []) ?? [];
}

/** Alternatives included. */
function reachableTargets(
  declaration: Declaration,
  names: readonly string[],
): readonly TargetDeclaration[] {
  const byName = new Map(declaration.targets.map((target) => [target.name, target]));
  const reached = new Set<TargetDeclaration>();
  const found: TargetDeclaration[] = [];
  const open = names.map((name) => byName.get(parseName(name)?.family ?? name));
  for (let target = open.pop(); target !== undefined || open.length > 0; target = open.pop()) {
    if (target === undefined || reached.has(target)) continue;
    reached.add(target);
    for (const part of [target, ...alternativesOf(target)]) {
      found.push(part);
      for (const edge of part.edges) open.push(byName.get(edge));
    }
  }
  return found;
}

export function alternativesOf(target: TargetDeclaration): readonly TargetDeclaration[] {
  return Object.values(target.fields).flatMap((field) =>
    field.type === "alternatives" ? (field.value as readonly TargetDeclaration[]) : [],
  );
}
