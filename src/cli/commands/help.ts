/** `--help`: of tbuild, and of targets with the parameters that they can reach. yargs lays it out. */
import type { Argv, Options } from "yargs";
import type { Declaration } from "../../config/declaration.ts";
import {
  listTargets,
  reachableGitNames,
  reachableParameters,
  reachableRules,
  resolveWanted,
} from "../../config/list-targets.ts";
import {
  commands,
  commonOptions,
  type OptionDefinition,
  versionOption,
} from "../../model/command-line.ts";
import type { Parameter } from "../../model/parameter.ts";
import { ruleOptions } from "../../model/rule-options.ts";
import { asByDefault } from "../by-default.ts";
import { loadDeclaration } from "../load.ts";
import { parameterOptions } from "../parameter-options.ts";
import { defaultNames } from "../read-arguments.ts";
import { readWords } from "../read-words.ts";
import type { Request } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

type HelpRequest = Request & { readonly kind: "help" };

export async function runHelp({ common, argv }: HelpRequest, place: Surroundings): Promise<number> {
  const { root, declaration: loaded } = loadDeclaration(common);
  const declaration = loaded.ok ? asByDefault(loaded.value, place) : undefined;
  const known = [
    ...commonOptions,
    ...ruleOptions,
    ...parameterOptions(declaration?.parameters ?? []),
  ];
  const { others } = readWords(argv, known);
  if (others.length === 0) {
    place.out.write(await generalHelp(declaration, place));
    return 0;
  }
  const wanted = declaration ? resolveWanted(declaration, others) : loaded;
  if (!declaration || !wanted.ok) {
    const problems = wanted.ok ? [] : wanted.problems;
    return showProblems({ problems, root, log: common.log }, place);
  }
  place.out.write(await targetHelp(declaration, others, place));
  return 0;
}

const exitCodes =
  "Exit codes: 0 fresh or built, 1 a target failed, 2 usage or target file,\n" +
  "3 engine, registry or disk, 130 interrupted, 70 a bug in tbuild.";

async function generalHelp(
  declaration: Declaration | undefined,
  place: Surroundings,
): Promise<string> {
  const help = await layout(place);
  help.usage(
    "tbuild [targets…] [options]\n\nBrings targets of targets.yaml up to date: skips what is fresh, makes the rest.",
  );
  for (const { usage, help: text } of commands) help.command(usage.replace("tbuild ", ""), text);
  for (const option of [...commonOptions, versionOption]) add(help, option, "Options:");
  for (const option of ruleOptions) add(help, option, `Options of targets that ${option.rule}:`);
  help.epilog(exitCodes);
  const text = await help.getHelp();
  return `${text}\n${declaration ? `\n${targetTable(declaration)}` : ""}`;
}

/** What the target file in reach declares; the rest of the help is the same everywhere. */
function targetTable(declaration: Declaration): string {
  const targets = listTargets(declaration);
  const width = Math.max(0, ...targets.map(({ name }) => name.length)) + 2;
  const rows = targets.map(({ name, help = "" }) => `  ${name.padEnd(width)}${help}`.trimEnd());
  const defaults = defaultNames(declaration);
  const shown = defaults.length > 0 ? `, default ${defaults.join(" ")}` : "";
  return `Targets of ${declaration.name}${shown}; \`tbuild TARGET --help\` shows their parameters:\n${rows.join("\n")}\n`;
}

async function targetHelp(
  declaration: Declaration,
  names: readonly string[],
  place: Surroundings,
): Promise<string> {
  const families = new Set(names.map((name) => name.split("[", 1)[0]));
  const about = listTargets(declaration)
    .filter(({ name }) => families.has(name))
    .flatMap(({ name, help, members = [], each }) => [
      help === undefined ? name : `${name}: ${help}`,
      ...(members.length > 0 ? [`Members: ${members.join(" ")}`] : []),
      ...(each ? [`One for each ${each.map((list) => `--${list}`).join(" and ")}.`] : []),
    ]);
  const help = await layout(place);
  help.usage(`tbuild ${names.join(" ")} [options]\n\n${about.join("\n")}`);
  for (const parameter of reachableParameters(declaration, names)) {
    for (const option of parameterOptions([parameter])) {
      add(help, option, "Parameters:", defaultOf(parameter));
    }
  }
  const rules = reachableRules(declaration, names);
  const own = ruleOptions.filter(({ rule }) => rules.has(rule));
  for (const option of [...own, ...commonOptions]) add(help, option, "Options:");
  const git = reachableGitNames(declaration, names);
  if (git.length > 0) help.epilog(`Made anew for another ${git.join(", ")}.`);
  return `${await help.getHelp()}\n`;
}

async function layout({ out }: Surroundings): Promise<Argv> {
  const { default: yargs } = await import("yargs");
  const width = Math.min(out.columns ?? 80, 120);
  return yargs([]).scriptName("tbuild").help(false).version(false).wrap(width).locale("en");
}

function add(help: Argv, option: OptionDefinition, group: string, more: Options = {}): void {
  const { name, short, takes, choices, help: describe } = option;
  help.option(name, {
    group,
    describe,
    // Of choices it goes without saying.
    ...(choices === undefined && { type: takes === undefined ? "boolean" : "string" }),
    ...(short !== undefined && { alias: short }),
    ...(choices !== undefined && { choices: [...choices] }),
    ...more,
  });
}

/** A parameter that is not given by default shows nothing; a flag is off, which goes without saying. */
const defaultOf = ({ default: value, type }: Parameter): Options =>
  value === undefined || type === "secret" ? {} : { default: value };
