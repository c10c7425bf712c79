/** Finds the value of each parameter: command line, then environment, then default. Fills no templates of targets. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { GitName } from "../../files/git-head.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { GivenValue, Parameter } from "../../model/parameter.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { NoValue } from "../../model/target.ts";
import type { Binding, Declaration } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { checkList } from "../read/check-list.ts";
import { checkParameter } from "../read/check-value.ts";
import { fill } from "../read/template.ts";
import { bindingsAroundLists } from "./bindings-around-lists.ts";
import { TextValues } from "./built-in-values.ts";
import { checkGiven } from "./check-given.ts";

export interface ParameterValues {
  /** By key, secrets left out; a parameter that is not given has none. */
  readonly texts: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
  /** Lists without a value since a piece of one was left out: by key, the key of the parameter to give. */
  readonly lacking?: ReadonlyMap<string, string>;
  /** Why built-in names that were asked for have no value, by key. */
  readonly noValue?: ReadonlyMap<string, NoValue>;
  /** Digest of what git names stand for. */
  readonly gitDigest?: (names: readonly GitName[]) => string;
  /** Takes in what names of checkouts stand for, and what includes fix with them. */
  readonly addCheckouts?: (
    found: ReadonlyMap<string, string>,
    none: readonly NoValue[],
  ) => Result<void>;
  /** Files that say where git is. */
  readonly gitFiles?: () => readonly string[];
}

interface Resolution {
  readonly given: ReadonlyMap<string, GivenValue>;
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly root: string;
  readonly texts: Map<string, string>;
  readonly secrets: Map<string, string>;
  /** Parameters that have their value from the command line or the environment. */
  readonly byHand: Set<string>;
  readonly lacking: Map<string, string>;
  readonly problems: Diagnostic[];
}

/** A secret's file is given as `NAME-file`. Relative paths that are given start at `cwd`. */
export function resolveParameters(
  declaration: Declaration,
  given: ReadonlyMap<string, GivenValue>,
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Result<ParameterValues> {
  const { root, parameters } = declaration;
  const texts = new TextValues(root, environment);
  const secrets = new Map<string, string>();
  const byHand = new Set<string>();
  const lacking = new Map<string, string>();
  const problems: Diagnostic[] = [];
  const resolution = { given, environment, cwd, root, texts, secrets, byHand, lacking, problems };
  problems.push(...checkGiven(parameters, given));
  for (const parameter of parameters) {
    if (parameter.type === "secret") resolveSecret(parameter, resolution);
    else if (parameter.type !== "list") resolveText(parameter, resolution);
  }
  // What was left out of the values of a list may be the value of any other parameter.
  const { before, after } = bindingsAroundLists(declaration);
  for (const binding of before) resolveBinding(binding, resolution);
  for (const parameter of parameters) {
    if (parameter.type === "list") resolveList(parameter, resolution);
  }
  for (const binding of after) resolveBinding(binding, resolution);
  if (resolution.problems.length > 0) return fail(...resolution.problems);
  return ok({
    texts,
    secrets,
    lacking,
    noValue: texts.noValue,
    gitDigest: (names) => texts.gitDigest(names),
    gitFiles: () => texts.git.files(),
    addCheckouts: (found, none) => {
      for (const [key, value] of found) texts.set(key, value);
      for (const each of none) texts.noValue.set(each.name, each);
      for (const binding of declaration.bindings) resolveBinding(binding, resolution);
      return resolution.problems.length > 0 ? fail(...resolution.problems) : ok(undefined);
    },
  });
}

/** An empty variable counts as not set: that is how scripts switch one off. */
function fromEnvironment(
  { env }: Parameter,
  environment: NodeJS.ProcessEnv,
): GivenValue | undefined {
  const value = env === undefined ? undefined : environment[env];
  return value ? { value, from: `environment variable ${env}` } : undefined;
}

function resolveText(parameter: Parameter, resolution: Resolution): void {
  const { name, type } = parameter;
  const found = resolution.given.get(name) ?? fromEnvironment(parameter, resolution.environment);
  if (found === undefined) {
    const value = defaultText(parameter, resolution.root);
    if (value !== undefined) resolution.texts.set(name, value);
    return;
  }
  resolution.byHand.add(name);
  const subject = `parameter \`${name}\``;
  if (found.value === "" && type !== "string" && type !== "choice") {
    resolution.problems.push(problems.emptyValue(subject, found.from));
    return;
  }
  if (typeof found.value === "boolean" && type !== "flag") {
    resolution.problems.push(problems.needsValue(subject, found.from));
    return;
  }
  const checked = checkParameter(parameter, {
    subject,
    value: String(found.value),
    from: found.from,
  });
  if (!checked.ok) resolution.problems.push(...checked.problems);
  else {
    const text = type === "path" ? placeOf(checked.value, resolution.cwd) : checked.value;
    resolution.texts.set(name, text);
  }
}

/** A variable may have spaces between its values, as well as commas; `--no-NAME` alone leaves a list empty. */
function resolveList(parameter: Parameter, resolution: Resolution): void {
  const { name, declaredAt } = parameter;
  const subject = `parameter \`${name}\``;
  const typed = resolution.given.get(name);
  const variable = typed ? undefined : fromEnvironment(parameter, resolution.environment);
  if (typed === undefined && variable === undefined) {
    if (parameter.default === undefined) return;
    const value = String(parameter.default);
    setList(
      parameter,
      name,
      { subject: `default of ${subject}`, value, at: declaredAt },
      resolution,
    );
    return;
  }
  resolution.byHand.add(name);
  if (typed?.value === false) {
    resolution.texts.set(name, "");
    return;
  }
  const words =
    variable &&
    String(variable.value)
      .split(/[\s,]+/)
      .filter((word) => word !== "");
  const value = words?.join(",") ?? String(typed?.value);
  setList(parameter, name, { subject, value, from: (typed ?? variable)?.from }, resolution);
}

function setList(
  parameter: Parameter,
  key: string,
  given: problems.BadValue,
  { texts, lacking, problems: found }: Resolution,
): void {
  const checked = checkList(parameter, given, (other) => texts.get(other));
  if (!checked.ok) found.push(...checked.problems);
  else if (checked.value.kind === "lacking") lacking.set(key, checked.value.key);
  else texts.set(key, checked.value.text);
}

/** The default as templates show it; a flag is off unless it says otherwise. */
function defaultText({ type, default: value }: Parameter, root: string): string | undefined {
  if (value === undefined) return type === "flag" ? "false" : undefined;
  return type === "path" ? placeOf(String(value), root) : String(value);
}

/** `-` is standard output, wherever one is. */
const placeOf = (path: string, folder: string): string =>
  path === "-" ? path : resolve(folder, path);

function resolveSecret(parameter: Parameter, resolution: Resolution): void {
  const { name } = parameter;
  const file = resolution.given.get(`${name}-file`);
  if (file === undefined) {
    const found = fromEnvironment(parameter, resolution.environment);
    const value = found?.value ?? parameter.default;
    if (value !== undefined) resolution.secrets.set(name, String(value));
    return;
  }
  const path = String(file.value);
  try {
    const text = readFileSync(resolve(resolution.cwd, path), "utf8");
    // Editors and `echo` end a file with a line feed that is no part of the secret.
    resolution.secrets.set(name, text.replace(/\r?\n$/, ""));
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    resolution.problems.push(problems.secretFileUnreadable(name, path, cause));
  }
}

/** The value that an include fixes; where it needs a parameter that is not given, the inner default. */
function resolveBinding(binding: Binding, resolution: Resolution): void {
  const { key, parameter, value, folder } = binding;
  if (binding.onlyGiven && !resolution.byHand.has(parameter.name)) return;
  const text = fill(value.text, { values: resolution.texts, member: [] });
  const subject = `parameter \`${parameter.name}\``;
  if (parameter.type === "list") {
    const inner = parameter.default === undefined ? undefined : String(parameter.default);
    const value = text ?? inner;
    const given = { subject, value: value ?? "", at: binding.value.at };
    // The list of the outer file is empty.
    if (text === "" && binding.uses.length > 0) resolution.texts.set(key, "");
    else if (value !== undefined) setList(parameter, key, given, resolution);
    return;
  }
  if (text === undefined) {
    const fallback = defaultText(parameter, resolution.root);
    if (fallback !== undefined) resolution.texts.set(key, fallback);
    return;
  }
  const checked = checkParameter(parameter, { subject, value: text, at: value.at });
  if (!checked.ok) resolution.problems.push(...checked.problems);
  else {
    const isPath = parameter.type === "path";
    const shown = isPath ? resolve(resolution.root, folder, checked.value) : checked.value;
    resolution.texts.set(key, shown);
  }
}
