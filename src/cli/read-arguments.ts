/** Reads the words of a build once the target file is known: which targets, which parameters. */
import type { Declaration } from "../config/declaration.ts";
import {
  listTargets,
  reachableParameters,
  reachableRules,
  resolveWanted,
} from "../config/list-targets.ts";
import { commands, commonOptions, type OptionDefinition } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { nearest } from "../model/nearest.ts";
import type { GivenValue, Parameter } from "../model/parameter.ts";
import { fail, type Result } from "../model/result.ts";
import { ruleOptions } from "../model/rule-options.ts";
import type { TargetName } from "../model/target.ts";
import { parameterOptions } from "./parameter-options.ts";
import { type ReadOption, readWords, unknownOptions, type Words } from "./read-words.ts";
import * as problems from "./usage-problems.ts";

export interface Arguments {
  /** Names as they were typed, or the file's default. */
  readonly names: readonly string[];
  readonly given: ReadonlyMap<string, GivenValue>;
  /** Values of the options that only the command has. */
  readonly own: ReadonlyMap<string, string>;
  /** What is wrong with the words by themselves. */
  readonly problems: readonly Diagnostic[];
  readonly words: Words;
}

/**
 * What each word is, by the names of parameters alone: which targets there are is seen when lists have values.
 * @param argv the command line without the program's name and the command
 * @param ownOptions options that only the command has
 * @param everything whether no name stands for all targets, and not for the file's default
 */
export function readArguments(
  argv: readonly string[],
  declaration: Declaration,
  ownOptions: readonly OptionDefinition[] = [],
  everything = false,
): Arguments {
  const parameters = parameterOptions(declaration.parameters);
  const definitions = [...commonOptions, ...ownOptions, ...parameters];
  const words = readWords(argv, definitions);
  const found = [
    ...words.problems,
    ...secretsTyped(words.unknown, declaration.parameters),
    ...unknownOptions(notSecret(words.unknown, declaration.parameters), definitions),
  ];
  const usual = everything
    ? declaration.targets.map(({ name }) => name)
    : defaultNames(declaration);
  const names = words.others.length > 0 ? words.others : usual;
  if (names.length === 0) found.push(problems.nothingWanted());
  const given = new Map<string, GivenValue>();
  const own = new Map<string, string>();
  for (const [name, option] of words.options) {
    const definition = ownOptions.find((known) => known.name === name);
    if (definition) {
      own.set(name, String(option.value));
      found.push(...notAChoice(definition, option));
    } else if (!isCommon(name)) given.set(name, { value: option.value, from: option.typed });
  }
  return { names, given, own, problems: found, words };
}

/**
 * The targets that are wanted, and whether the options are of use for them.
 * @param declaration with the members that lists give to matrices
 */
export function resolveArguments(
  { names, problems: found, words }: Arguments,
  declaration: Declaration,
  ownOptions: readonly OptionDefinition[] = [],
): Result<readonly TargetName[]> {
  const wanted = resolveWanted(declaration, names);
  // A word behind an unknown option may be its value, and no target.
  if (!wanted.ok)
    return fail(...found, ...(words.unknown.length > 0 ? [] : unknownTargets(declaration, names)));
  const useless = [...words.options].flatMap(([name, option]) => {
    const definition = ownOptions.find((known) => known.name === name);
    if (definition) return withoutRule(definition, option, declaration, names);
    return isCommon(name) ? [] : unusedBy(names, { name, option }, declaration);
  });
  const all = [...found, ...useless];
  return all.length > 0 ? fail(...all) : wanted;
}

function notAChoice(
  { choices, list }: OptionDefinition,
  { typed, value }: ReadOption,
): readonly Diagnostic[] {
  if (!choices) return [];
  const given = list ? String(value).split(",") : [String(value)];
  const wanted = choices.map((choice) => `\`${choice}\``).join(", ");
  return given
    .filter((each) => !choices.includes(each))
    .map((each) => problems.badOptionValue(typed, each, `one of ${wanted}`));
}

/** An option for targets of a rule, where none of the named ones has or needs one. */
function withoutRule(
  definition: OptionDefinition,
  { typed }: ReadOption,
  declaration: Declaration,
  names: readonly string[],
): readonly Diagnostic[] {
  const rule = ruleOptions.find((option) => option === definition)?.rule;
  if (rule === undefined || reachableRules(declaration, names).has(rule)) return [];
  const users = listTargets(declaration).filter((target) => target.rule === rule);
  return [
    problems.unusedParameter(
      typed,
      names,
      users.map(({ name }) => name),
    ),
  ];
}

/** `tbuild lits` means a command rather than a target, where no target is near. */
function unknownTargets(declaration: Declaration, names: readonly string[]): Diagnostic[] {
  return names.flatMap((name, index) => {
    const wanted = resolveWanted(declaration, [name]);
    if (wanted.ok) return [];
    const command = index === 0 ? commandNear(name) : undefined;
    return wanted.problems.map((problem) =>
      command === undefined || problem.hint?.startsWith("did you mean")
        ? problem
        : { ...problem, hint: `did you mean \`tbuild ${command}\`?` },
    );
  });
}

const commandNear = (name: string): string | undefined =>
  name === "version"
    ? "--version"
    : nearest(
        name,
        commands.map((command) => command.name),
      );

/** The names of the file's default, written out where they depend on nothing. */
export function defaultNames(declaration: Declaration): readonly string[] {
  return declaration.default.flatMap(({ text }) => (typeof text === "string" ? [text] : []));
}

const commonNames = new Set(commonOptions.map(({ name }) => name));
const isCommon = (name: string): boolean => commonNames.has(name);

const ownerOf = (name: string, parameters: readonly Parameter[]): Parameter | undefined =>
  parameters.find((parameter) =>
    parameter.type === "secret" ? `${parameter.name}-file` === name : parameter.name === name,
  );

/** A parameter that none of the targets can reach would be without effect, and that is told. */
function unusedBy(
  names: readonly string[],
  { name, option }: { readonly name: string; readonly option: ReadOption },
  declaration: Declaration,
): readonly Diagnostic[] {
  const parameter = ownerOf(name, declaration.parameters);
  if (!parameter) return [];
  const reaches = (target: readonly string[]): boolean =>
    reachableParameters(declaration, target).some((each) => each.name === parameter.name);
  if (reaches(names)) return [];
  const users = listTargets(declaration).flatMap((target) =>
    reaches([target.name]) ? [target.name] : [],
  );
  return [problems.unusedParameter(option.typed, names, users)];
}

const isSecretTyped = (typed: string, parameters: readonly Parameter[]): Parameter | undefined =>
  parameters.find(({ name, type }) => type === "secret" && `--${name}` === typed.split("=", 1)[0]);

function secretsTyped(unknown: readonly string[], parameters: readonly Parameter[]): Diagnostic[] {
  return unknown.flatMap((typed) => {
    const secret = isSecretTyped(typed, parameters);
    return secret ? [problems.secretTyped(secret.name, secret.env)] : [];
  });
}

const notSecret = (unknown: readonly string[], parameters: readonly Parameter[]): string[] =>
  unknown.filter((typed) => !isSecretTyped(typed, parameters));
