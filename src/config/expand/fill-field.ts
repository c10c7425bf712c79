/** Fills in the keys of a rule for one target: values for parameters, names for references, workspace paths. */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import type { ServiceDeclaration, TargetName } from "../../model/target.ts";
import type { Command, FieldType, FieldTypes, InputSpec } from "../../rules/fields.ts";
import type {
  DeclaredCommand,
  DeclaredField,
  DeclaredInput,
  DeclaredService,
  DeclaredTypes,
  Part,
  Text,
} from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type Frame, fill, fillPart } from "../read/template.ts";
import { anywhere, checkInside, checkOutput, relativeToRoot, workspacePath } from "./paths.ts";
import { asTags } from "./tag-text.ts";

export interface Filler extends Frame {
  readonly root: string;
  /** Folder of the target file, relative to the workspace. */
  readonly folder: string;
  /** Targets that a name stands for; undefined and a problem for a name that is none. */
  resolve(name: string, at: Location): readonly TargetName[] | undefined;
  problem(problem: Diagnostic): void;
}

/** Thrown and caught here alone: one part without a value leaves the whole key without one. */
const unfilled = Symbol("unfilled");

/** Undefined when a parameter that it uses is not given, or its value does not do. */
export function fillField(filler: Filler, key: string, field: DeclaredField): unknown {
  try {
    const fillValue = fillers[field.type] as FillValue;
    return fillValue(filler, field.value, `\`${key}\``);
  } catch (thrown) {
    if (thrown === unfilled) return undefined;
    throw thrown;
  }
}

/** The filled texts, or undefined when one has no value. */
export function fillTexts(filler: Filler, texts: readonly Text[]): readonly string[] | undefined {
  const found = texts.map((text) => fill(text.text, filler));
  return found.includes(undefined) ? undefined : (found as string[]);
}

/** The targets of those references that have values. */
export function fillReferences(filler: Filler, references: readonly Text[]): readonly TargetName[] {
  const [only] = references;
  if (only === undefined) return none;
  if (references.length === 1) return fillReference(filler, only);
  return references.flatMap((reference) => fillReference(filler, reference));
}

const none: readonly never[] = [];

function fillReference(filler: Filler, { text, at }: Text): readonly TargetName[] {
  const name = fill(text, filler);
  return (name !== undefined && filler.resolve(name, at)) || [];
}

type FillValue<T extends FieldType = FieldType> = (
  filler: Filler,
  value: DeclaredTypes[T],
  what: string,
) => FieldTypes[T];

const fillers: { readonly [T in FieldType]: FillValue<T> } = {
  string: textIn,
  strings: textsIn,
  tags: tagsIn,
  number: numberIn,
  flag: flagIn,
  choice: textIn,
  map: mapIn,
  path: pathIn,
  paths: (filler, value, what) => value.map((each) => pathIn(filler, each, what)),
  given: anywhereIn,
  output: outputIn,
  outputs: (filler, value, what) => value.map((each) => outputIn(filler, each, what)),
  destination: (filler, value, what) =>
    fill(value.text, filler) === "-" ? "-" : anywhereIn(filler, value, what),
  command: commandIn,
  target: targetIn,
  targets: targetsIn,
  inputs: inputsIn,
  laid: (filler, value) =>
    value.map(({ at, targets }) => ({
      at: workspacePath(at, ""),
      targets: targetsIn(filler, targets),
    })),
  pathOrTargets: (filler, value, what) =>
    "path" in value
      ? { path: pathIn(filler, value.path, what) }
      : { targets: targetsIn(filler, value.targets) },
  globsOrTargets: inputsIn,
  images: (filler, value, what) =>
    Object.fromEntries(
      Object.entries(value).map(([key, text]) => [key, targetIn(filler, text, what)]),
    ),
  secrets: (_, value) => value,
  // Alternatives have become targets before; `expand` names them.
  alternatives: () => [],
  service: serviceIn,
};

function textIn(filler: Filler, { text }: Text): string {
  const found = fill(text, filler);
  if (found === undefined) throw unfilled;
  return found;
}

function textsIn(filler: Filler, texts: readonly Text[]): readonly string[] {
  return texts.map((text) => textIn(filler, text));
}

function tagsIn(filler: Filler, texts: readonly Text[]): readonly string[] {
  return texts.map(({ text, at }) => textIn(filler, { text: asTags(text, filler), at }));
}

function mapIn(
  filler: Filler,
  texts: Readonly<Record<string, Text>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, textIn(filler, text)]),
  );
}

function numberIn(filler: Filler, value: number | Text, what: string): number {
  if (typeof value === "number") return value;
  const text = textIn(filler, value);
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  return refuse(filler, problems.expectedValue(what, "a number", text, value.at));
}

function flagIn(filler: Filler, value: boolean | Text, what: string): boolean {
  if (typeof value === "boolean") return value;
  const text = textIn(filler, value);
  if (text === "true" || text === "false") return text === "true";
  return refuse(filler, problems.expectedValue(what, "`true` or `false`", text, value.at));
}

function refuse(filler: Filler, problem: Diagnostic): never {
  filler.problem(problem);
  throw unfilled;
}

function pathIn(filler: Filler, text: Text, what: string): string {
  return insideIn(filler, text, (path) =>
    checkInside({ path, folder: filler.folder, what, at: text.at }),
  );
}

function outputIn(filler: Filler, text: Text, what: string): string {
  return insideIn(filler, text, (path) =>
    checkOutput({ path, folder: filler.folder, what, at: text.at }),
  );
}

function insideIn(
  filler: Filler,
  text: Text,
  check: (path: string) => Diagnostic | undefined,
): string {
  const found = textIn(filler, text);
  // A literal path was checked when it was read; a parameter of type `path` has an absolute value.
  if (typeof text.text === "string") return workspacePath(found, filler.folder);
  const path = relativeToRoot(found, filler.root, filler.folder);
  const problem = check(path);
  return problem === undefined ? workspacePath(path, filler.folder) : refuse(filler, problem);
}

function anywhereIn(filler: Filler, text: Text, what: string): string {
  const path = textIn(filler, text);
  if (path.trim() === "") return refuse(filler, problems.emptyPath(what, text.at));
  return anywhere(path, filler.root, filler.folder);
}

function commandIn(filler: Filler, command: DeclaredCommand): Command {
  if ("argv" in command) return { argv: textsIn(filler, command.argv) };
  const variables: Record<string, string> = {};
  for (const name in command.variables) {
    const value = fillPart(command.variables[name] as Part, filler);
    if (value === undefined) throw unfilled;
    variables[name] = value;
  }
  return { shell: command.shell, variables };
}

function targetIn(filler: Filler, reference: Text, what: string): TargetName {
  const found = targetsIn(filler, [reference]);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const name = textIn(filler, reference);
  return refuse(filler, problems.oneTargetOnly(what, name, found, reference.at));
}

function targetsIn(filler: Filler, references: readonly Text[]): readonly TargetName[] {
  return references.flatMap((reference) => {
    const found = filler.resolve(textIn(filler, reference), reference.at);
    if (found === undefined) throw unfilled;
    return found;
  });
}

function inputsIn(
  filler: Filler,
  inputs: readonly DeclaredInput[],
  what: string,
): readonly InputSpec[] {
  return inputs.map((input) => {
    if ("pattern" in input) return { pattern: pathIn(filler, input.pattern, what) };
    const targets = targetsIn(filler, input.targets);
    return input.as ? { targets, as: laidIn(filler, input.as) } : { targets };
  });
}

function laidIn(filler: Filler, text: Text): string {
  const path = textIn(filler, text);
  const problem = checkInside({ path, folder: "", what: "`as`", at: text.at });
  return problem === undefined ? workspacePath(path, "") : refuse(filler, problem);
}

function serviceIn(filler: Filler, service: DeclaredService): ServiceDeclaration {
  const { ready, command } = service;
  return {
    port: numberIn(filler, service.port, "`port`"),
    timeout: numberIn(filler, service.timeout, "`timeout`"),
    env: mapIn(filler, service.env),
    ...(ready && { ready: readyIn(filler, ready) }),
    ...(command && { command: textsIn(filler, command) }),
  };
}

function readyIn(
  filler: Filler,
  ready: NonNullable<DeclaredService["ready"]>,
): NonNullable<ServiceDeclaration["ready"]> {
  if (ready.kind === "http") return { kind: "http", path: textIn(filler, ready.path) };
  return ready.kind === "exec" ? { kind: "exec", command: textsIn(filler, ready.command) } : ready;
}
