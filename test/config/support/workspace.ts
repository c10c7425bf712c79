/** Target files for tests: written to a folder of their own, loaded, and their problems shown as text. */
import type { Declaration } from "../../../src/config/declaration.ts";
import { expand } from "../../../src/config/expand/expand.ts";
import { resolveParameters } from "../../../src/config/expand/resolve-parameters.ts";
import { loadTargetFile } from "../../../src/config/read/load-target-file.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Result } from "../../../src/model/result.ts";
import type { Project, Target, TargetName } from "../../../src/model/target.ts";
import { type TestFiles, temporaryFolder } from "../../support/folder.ts";
import { testKinds } from "./kinds.ts";

type Files = string | TestFiles;

/** Loads `targets.yaml`, given as its text or among other files. */
export function load(files: Files): Result<Declaration> {
  const folder = temporaryFolder(typeof files === "string" ? { "targets.yaml": files } : files);
  return loadTargetFile("targets.yaml", folder, testKinds);
}

export function loaded(files: Files): Declaration {
  return must(load(files));
}

/** What the problems of a target file look like, one text each. */
export function problemsIn(files: Files): readonly string[] {
  return shown(load(files));
}

export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(shown(result).join("\n"));
}

export const shown = (result: Result<unknown>): readonly string[] =>
  result.ok ? [] : result.problems.map(show);

/** `targets.yaml:3:5+4: message (detail); hint` */
function show({ at, message, hint, details = [] }: Diagnostic): string {
  const place = at ? `${at.file}:${at.line}:${at.column}+${at.length}: ` : "";
  const more = details.map((detail) => ` (${detail})`).join("");
  return `${place}${message}${more}${hint === undefined ? "" : `; ${hint}`}`;
}

interface Given {
  readonly given?: Readonly<Record<string, string | boolean>>;
  readonly environment?: NodeJS.ProcessEnv;
}

export function resolved(declaration: Declaration, { given = {}, environment = {} }: Given = {}) {
  const values = Object.entries(given).map(
    ([name, value]) => [name, { value, from: `--${name}` }] as const,
  );
  return resolveParameters(declaration, new Map(values), environment, declaration.root);
}

export function expanded(files: Files, given: Given = {}): Result<Project> {
  const declaration = loaded(files);
  return expand(declaration, must(resolved(declaration, given)), testKinds);
}

/** The target of that name once all is expanded. */
export function target(files: Files, name: string, given: Given = {}): Target {
  const found = must(expanded(files, given)).targets.get(name as TargetName);
  if (found === undefined) throw new Error(`no target ${name}`);
  return found;
}

/** The fields of its rule. */
export const fieldsOf = (files: Files, name: string, given: Given = {}) =>
  target(files, name, given).rule?.fields;
