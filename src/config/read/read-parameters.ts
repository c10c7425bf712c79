/** Reads the parameters that one target file declares. Leaves sharing between files to `load-target-file`. */
import { type Parameter, type ParameterType, parameterTypes } from "../../model/parameter.ts";
import { workspacePath } from "../expand/paths.ts";
import * as problems from "../problems/problems.ts";
import { reservedParameters } from "../reserved.ts";
import type { Entry, MapNode, Node, ScalarNode } from "../yaml/node.ts";
import { describeNode, valueAt } from "../yaml/node.ts";
import { checkParameter } from "./check-value.ts";
import { readExpression } from "./read-expression.ts";
import { readFileValue } from "./read-file-value.ts";
import { readDefaultList, readForm } from "./read-list.ts";
import { checkKeys, entriesOf, placeOf, type Reader, wrong } from "./reader.ts";

const parameterKeys = [
  "type",
  "default",
  "file",
  "choices",
  "form",
  "pattern",
  "required",
  "env",
  "help",
];

const nameRule = "use letters, digits, `-` and `_`, a letter first";
export const parameterName = /^[A-Za-z][\w-]*$/;
export const environmentName = /^[A-Za-z_]\w*$/;

export function readParameters(reader: Reader, node: Node): readonly Parameter[] {
  const found = entriesOf(reader, node, "`params`").flatMap((entry) => {
    const parameter = checkName(reader, entry) ? readParameter(reader, entry) : undefined;
    return parameter === undefined ? [] : [parameter];
  });
  const names = new Map(found.map((parameter) => [parameter.name, parameter]));
  for (const { name, type } of found) {
    const file = type === "secret" ? names.get(`${name}-file`) : undefined;
    if (file !== undefined) reader.problems.push(problems.secretFileTaken(name, file.declaredAt));
  }
  return found;
}

function checkName(reader: Reader, { key, keyAt }: Entry): boolean {
  const at = placeOf(reader, keyAt);
  if (!parameterName.test(key)) {
    reader.problems.push(problems.illegalName("a parameter", key, at, nameRule));
    return false;
  }
  if (reservedParameters.has(key)) reader.problems.push(problems.reservedParameter(key, at));
  return true;
}

/** A parameter that is wrong in part is still declared, lest each use of it be reported as well. */
function readParameter(reader: Reader, { key, keyAt, value }: Entry): Parameter | undefined {
  const declaredAt = placeOf(reader, keyAt);
  const plain: Parameter = { name: key, type: "string", declaredAt };
  if (value.kind === "scalar" && value.value === null) return plain;
  if (value.kind !== "map") {
    wrong(reader, `parameter \`${key}\``, "a mapping such as `{ default: … }`", value);
    return plain;
  }
  checkKeys(reader, value, parameterKeys, `parameter \`${key}\``);
  const choices = readChoices(reader, value);
  const type = readType(reader, value, choices);
  const env = readName(reader, value, "env");
  const help = readHelp(reader, value);
  const parameter: Parameter = {
    ...plain,
    type,
    ...(choices && { choices }),
    ...readForm(reader, value, type),
    ...readPattern(reader, value, type),
    ...readRequired(reader, value),
    ...(env !== undefined && { env }),
    ...(help !== undefined && { help }),
  };
  return {
    ...parameter,
    ...readDefault(reader, value, parameter),
    ...readFileValue(reader, value, parameter),
  };
}

function readType(
  reader: Reader,
  node: MapNode,
  choices: readonly string[] | undefined,
): ParameterType {
  const given = valueAt(node, "type");
  if (given === undefined) return choices ? "choice" : typeOfDefault(valueAt(node, "default"));
  const text = given.kind === "scalar" ? given.text : undefined;
  const type = parameterTypes.find((known) => known === text);
  if (type === undefined) {
    const at = placeOf(reader, given);
    const found = text ?? describeNode(given);
    reader.problems.push(problems.notAChoice("`type`", found, parameterTypes, at));
    return choices ? "choice" : "string";
  }
  const at = placeOf(reader, given);
  if (choices && type !== "choice" && type !== "list")
    reader.problems.push(problems.choicesNeedChoice(type, at));
  if (!choices && type === "choice")
    reader.problems.push(problems.missingKey("type `choice`", "choices", at));
  return type;
}

function typeOfDefault(node: Node | undefined): ParameterType {
  if (node?.kind === "list") return "list";
  if (node?.kind !== "scalar") return "string";
  if (typeof node.value === "boolean") return "flag";
  return typeof node.value === "number" ? "number" : "string";
}

function readChoices(reader: Reader, node: MapNode): readonly string[] | undefined {
  const given = valueAt(node, "choices");
  if (given === undefined) return undefined;
  if (given.kind !== "list") return wrong(reader, "`choices`", "a list of values", given);
  if (given.items.length === 0) {
    reader.problems.push(problems.emptyList("`choices`", placeOf(reader, given)));
    return undefined;
  }
  return given.items.flatMap((item) => {
    if (item.kind === "scalar" && item.value !== null) return [item.text];
    wrong(reader, "`choices`", "a list of values", item);
    return [];
  });
}

function readPattern(
  reader: Reader,
  node: MapNode,
  type: ParameterType,
): { readonly pattern?: string } {
  const given = valueAt(node, "pattern");
  if (given === undefined) return {};
  const at = placeOf(reader, given);
  if (type !== "string" && type !== "list") {
    reader.problems.push(problems.patternNeedsString(type, at));
    return {};
  }
  // That of a form belongs to its pieces.
  if (type === "list" && valueAt(node, "form") !== undefined) return {};
  const pattern = readExpression(reader, given, "`pattern`");
  return pattern === undefined ? {} : { pattern };
}

function readRequired(reader: Reader, node: MapNode): { readonly required?: true } {
  const given = valueAt(node, "required");
  if (given === undefined) return {};
  const at = placeOf(reader, given);
  if (given.kind !== "scalar" || typeof given.value !== "boolean") {
    wrong(reader, "`required`", "`true` or `false`", given);
  } else if (given.value && (valueAt(node, "default") ?? valueAt(node, "file")) !== undefined) {
    reader.problems.push(problems.requiredDefault(at));
  } else if (given.value) return { required: true };
  return {};
}

function readName(reader: Reader, node: MapNode, key: string): string | undefined {
  const given = valueAt(node, key);
  if (given === undefined) return undefined;
  if (given.kind === "scalar" && environmentName.test(given.text)) return given.text;
  return wrong(reader, `\`${key}\``, "the name of an environment variable", given);
}

/** One line for people; shared by parameters and targets. */
export function readHelp(reader: Reader, node: MapNode): string | undefined {
  const given = valueAt(node, "help");
  if (given === undefined) return undefined;
  if (given.kind === "scalar" && given.value !== null) return given.text.trim();
  return wrong(reader, "`help`", "text", given);
}

function readDefault(
  reader: Reader,
  node: MapNode,
  parameter: Parameter,
): { readonly default?: string | number | boolean } {
  const given = valueAt(node, "default");
  if (given === undefined) return {};
  if (parameter.type === "list") return readDefaultList(reader, given, parameter);
  const subject = `default of parameter \`${parameter.name}\``;
  if (given.kind !== "scalar" || given.value === null) {
    wrong(reader, subject, "a value", given);
    return {};
  }
  const at = placeOf(reader, given);
  // That there is none is no secret.
  if (parameter.type === "secret" && given.text !== "") {
    reader.problems.push(problems.secretDefault(parameter.name, at));
    return {};
  }
  const checked = checkParameter(parameter, { subject, value: given.text, at });
  if (checked.ok) return { default: defaultOf(parameter, given, reader.scope.folder) };
  reader.problems.push(...checked.problems);
  return {};
}

/** A number is kept as typed, so that `1.10` stays `1.10`; a path starts at the workspace. */
function defaultOf(parameter: Parameter, node: ScalarNode, folder: string): string | boolean {
  if (parameter.type === "flag") return node.text.toLowerCase() === "true";
  return parameter.type === "path" && !node.text.startsWith("/")
    ? workspacePath(node.text, folder)
    : node.text;
}
