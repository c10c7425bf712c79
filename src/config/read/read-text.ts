/** Reads texts, lists and mappings of texts, numbers, flags and paths. Leaves what they are for to the caller. */
import type { Template, Text } from "../declaration.ts";
import { checkInside, checkOutput } from "../expand/paths.ts";
import * as problems from "../problems/problems.ts";
import type { Node, ScalarNode } from "../yaml/node.ts";
import { entriesOf, placeOf, type Reader, useIn, wrong } from "./reader.ts";
import { parseTemplate } from "./template.ts";

/** Text; a number counts as it is typed. */
export function readText(reader: Reader, node: Node, what: string): Text | undefined {
  return isText(node) ? textOfScalar(reader, node) : wrong(reader, what, "text", node);
}

const isText = (node: Node): node is ScalarNode =>
  node.kind === "scalar" && (typeof node.value === "string" || typeof node.value === "number");

export const isValue = (node: Node): node is ScalarNode =>
  node.kind === "scalar" && node.value !== null;

export function textOfScalar(reader: Reader, node: ScalarNode): Text {
  const text = parseTemplate(node.text, useIn(reader, node));
  return { text, at: placeOf(reader, node) };
}

type ReadOne<T> = (reader: Reader, node: Node, what: string) => T | undefined;

/** One value or a list of values. */
export function readList<T>(
  reader: Reader,
  node: Node,
  what: string,
  readOne: ReadOne<T>,
): readonly T[] | undefined {
  const nodes = node.kind === "list" ? node.items : [node];
  const found = nodes.map((item) => readOne(reader, item, what));
  return found.some((value) => value === undefined) ? undefined : (found as T[]);
}

export function readTexts(reader: Reader, node: Node, what: string): readonly Text[] | undefined {
  if (node.kind !== "list" && !isText(node)) {
    return wrong(reader, what, "text or a list of texts", node);
  }
  return readList(reader, node, what, readText);
}

/** A list that cannot be written as one text. */
export function readTextList(
  reader: Reader,
  node: Node,
  what: string,
): readonly Text[] | undefined {
  if (node.kind !== "list") return wrong(reader, what, "a list of texts", node);
  return readList(reader, node, what, readText);
}

/** One text with commas between the values of a list. */
export function readTextOfList(reader: Reader, node: Node, what: string): Text | undefined {
  if (node.kind !== "list") return readText(reader, node, what);
  const texts = node.items.map((item) => readText(reader, item, what));
  if (texts.includes(undefined)) return undefined;
  const parts = (texts as readonly Text[]).flatMap(({ text }) => [",", ...[text].flat()]);
  return { text: parts.slice(1), at: placeOf(reader, node) };
}

/** Names to texts; numbers and flags count as they are typed. */
export function readMap(
  reader: Reader,
  node: Node,
  what: string,
): Readonly<Record<string, Text>> | undefined {
  const found: [string, Text][] = [];
  for (const { key, value } of entriesOf(reader, node, what)) {
    if (isValue(value)) found.push([key, textOfScalar(reader, value)]);
    else wrong(reader, `\`${key}\` of ${what}`, "text", value);
  }
  return node.kind === "map" ? Object.fromEntries(found) : undefined;
}

export function readNumber(reader: Reader, node: Node, what: string): number | Text | undefined {
  if (node.kind === "scalar" && typeof node.value === "number") return node.value;
  return hasParameters(node) ? textOfScalar(reader, node) : wrong(reader, what, "a number", node);
}

export function readFlag(reader: Reader, node: Node, what: string): boolean | Text | undefined {
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  return hasParameters(node)
    ? textOfScalar(reader, node)
    : wrong(reader, what, "`true` or `false`", node);
}

const hasParameters = (node: Node): node is ScalarNode =>
  node.kind === "scalar" && typeof node.value === "string" && node.value.includes("${");

export function readChoice(
  reader: Reader,
  node: Node,
  what: string,
  choices: readonly string[],
): Text | undefined {
  const found = readText(reader, node, what);
  if (typeof found?.text !== "string" || choices.includes(found.text)) return found;
  reader.problems.push(problems.notAChoice(what, found.text, choices, found.at));
  return undefined;
}

/** A path of the workspace that is read, or a pattern for some. */
export function readPath(reader: Reader, node: Node, what: string): Text | undefined {
  return checked(reader, readText(reader, node, what), what, checkInside);
}

/** A path of the workspace that is made. */
export function readOutput(reader: Reader, node: Node, what: string): Text | undefined {
  return checked(reader, readText(reader, node, what), what, checkOutput);
}

/** What can be told without values of parameters is told now, and the rest when they are filled in. */
function checked(
  reader: Reader,
  found: Text | undefined,
  what: string,
  check: typeof checkInside,
): Text | undefined {
  if (found === undefined) return undefined;
  const problem = checkTemplate(found.text, (path) =>
    check({ path, folder: reader.scope.folder, what, at: found.at }),
  );
  if (problem === undefined) return found;
  reader.problems.push(problem);
  return undefined;
}

type Check = (path: string) => ReturnType<typeof checkInside>;

function checkTemplate(template: Template, check: Check): ReturnType<typeof checkInside> {
  if (typeof template === "string") return check(template);
  const [first] = template;
  return typeof first === "string" && /^!?\//.test(first) ? check(first) : undefined;
}
