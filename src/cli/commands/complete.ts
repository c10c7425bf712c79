/** Answers the completion scripts: what may stand where the cursor is, one candidate a line. */
import path from "node:path";
import type { Declaration } from "../../config/declaration.ts";
import { findTargetFile } from "../../config/find-target-file.ts";
import { listTargets, reachableParameters, reachableRules } from "../../config/list-targets.ts";
import { loadTargetFile } from "../../config/read/load-target-file.ts";
import {
  commands,
  commonOptions,
  type OptionDefinition,
  ownOptionsOf,
  shells,
} from "../../model/command-line.ts";
import { importFormats } from "../../model/init-options.ts";
import type { Parameter } from "../../model/parameter.ts";
import { ruleOptions } from "../../model/rule-options.ts";
import { asByDefault } from "../by-default.ts";
import { parameterOptions } from "../parameter-options.ts";
import { defaultNames } from "../read-arguments.ts";
import { readWords } from "../read-words.ts";
import type { Surroundings } from "../surroundings.ts";

/** @param words what was typed after the program's name; the last one is being completed */
export function runComplete(words: readonly string[], place: Surroundings): number {
  const { cwd, out } = place;
  const declaration = loadQuietly(words, cwd);
  const candidates = candidatesFor(words, declaration && asByDefault(declaration, place));
  out.write(candidates.map((candidate) => `${candidate}\n`).join(""));
  return 0;
}

/** Nothing to say is answered by nothing: the shell then offers file names. */
export function candidatesFor(
  words: readonly string[],
  declaration: Declaration | undefined,
): readonly string[] {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const known = [...commonOptions, ...parameterOptions(declaration?.parameters ?? [])];
  const own = ownOptionsOf(readWords(before, known).others[0]);
  const all = [...known, ...ruleOptions, ...own];
  const startsWithCurrent = (candidate: string): boolean => candidate.startsWith(current);
  const valued = takesValue(before.at(-1), all);
  if (valued?.name === "source") return sourcesFor(current, declaration);
  if (valued) return valuesOf(valued, current);
  const names = readWords(before, all).others;
  if (current.startsWith("--") && current.includes("=")) return valuesAfter(current, all);
  if (current.startsWith("-")) {
    const wanted = own.length > 0 ? names.slice(1) : names;
    const offered = [...own.map(({ name }) => `--${name}`), ...optionsFor(wanted, declaration)];
    return offered.filter(startsWithCurrent);
  }
  // What a registry has is not asked for while somebody types.
  if (names[0] === "tag") return [];
  // The shell offers files and folders.
  if (["load", "init", "serve"].includes(names[0] ?? "")) return [];
  if (names[0] === "import") {
    return names.length > 1 ? [] : importFormats.filter(startsWithCurrent);
  }
  if (names[0] === "completion") return shells.filter(startsWithCurrent);
  const first = names.length === 0 ? commands.map(({ name }) => name as string) : [];
  return [...first, ...targetsFor(current, declaration)].filter(startsWithCurrent);
}

/** Behind the `=` the shell offers folders. */
const sourcesFor = (current: string, declaration: Declaration | undefined): readonly string[] =>
  (declaration ? listTargets(declaration) : [])
    .filter(({ rule }) => rule === "git")
    .flatMap(({ name, members }) => members ?? [name])
    .map((name) => `${name}=`)
    .filter((candidate) => candidate.startsWith(current));

function takesValue(
  word: string | undefined,
  options: readonly OptionDefinition[],
): OptionDefinition | undefined {
  const option = options.find(
    ({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
  return option?.takes === undefined ? undefined : option;
}

/** Of a list, the one behind the last comma. */
function valuesOf({ choices = [], list }: OptionDefinition, typed: string): readonly string[] {
  const before = list ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
  const given = before.split(",");
  return choices
    .filter((choice) => !given.includes(choice))
    .map((choice) => before + choice)
    .filter((candidate) => candidate.startsWith(typed));
}

function valuesAfter(current: string, options: readonly OptionDefinition[]): readonly string[] {
  const [name = "", value = ""] = current.split("=", 2);
  const option = options.find((each) => `--${each.name}` === name);
  return option === undefined ? [] : valuesOf(option, value).map((found) => `${name}=${found}`);
}

function optionsFor(
  names: readonly string[],
  declaration: Declaration | undefined,
): readonly string[] {
  const wanted = declaration && names.length === 0 ? defaultNames(declaration) : names;
  const parameters: readonly Parameter[] = declaration
    ? reachableParameters(declaration, wanted)
    : [];
  const rules = declaration ? reachableRules(declaration, wanted) : new Set<string>();
  const own = ruleOptions.filter(({ rule }) => rules.has(rule));
  return [...parameterOptions(parameters), ...own, ...commonOptions].map(({ name }) => `--${name}`);
}

/** Members of a matrix are offered once its name is complete: there may be many. */
function targetsFor(current: string, declaration: Declaration | undefined): readonly string[] {
  if (!declaration) return [];
  return listTargets(declaration).flatMap(({ name, members }) =>
    members && current.startsWith(name) ? [name, ...members] : [name],
  );
}

function loadQuietly(words: readonly string[], cwd: string): Declaration | undefined {
  const { options } = readWords(words.slice(0, -1), commonOptions);
  const folder = path.resolve(cwd, String(options.get("directory")?.value ?? "."));
  const file = options.get("file")?.value;
  const found = file === undefined ? findTargetFile(folder) : path.resolve(folder, String(file));
  const loaded = found === undefined ? undefined : loadTargetFile(found, folder);
  return loaded?.ok ? loaded.value : undefined;
}
