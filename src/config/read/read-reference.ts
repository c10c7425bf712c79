/** Reads names of targets and checks as much of them as can be known before parameters have values. */
import type { Location } from "../../model/diagnostic.ts";
import { nearest } from "../../model/nearest.ts";
import type { Template, Text } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type IndexedTarget, memberName, memberNames, parseName } from "../target-index.ts";
import type { Node } from "../yaml/node.ts";
import { placeOf, type Reader, suggest, useIn, wrong } from "./reader.ts";
import { parseTemplate } from "./template.ts";

/** A name, with the prefix of its file; checked, and kept as an edge. */
export function readReference(reader: Reader, node: Node, what: string): Text | undefined {
  if (
    node.kind !== "scalar" ||
    (typeof node.value !== "string" && typeof node.value !== "number")
  ) {
    return wrong(reader, what, "the name of a target", node);
  }
  const at = placeOf(reader, node);
  const count = reader.problems.length;
  const local = parseTemplate(node.text.trim(), useIn(reader, node));
  if (reader.problems.length > count) return undefined;
  if (typeof local === "string") return checkName(reader, local, at);
  const text: Template = reader.scope.prefix === "" ? local : [reader.scope.prefix, ...local];
  const possible = possibleTargets(reader, text);
  for (const edge of possible) reader.edges.add(edge);
  if (possible.length > 0) return { text, at };
  const family = node.text.split("[", 1)[0] ?? "";
  const near = suggest(reader, family, visibleNames(reader));
  reader.problems.push(problems.unknownTarget(node.text, at, near));
  return undefined;
}

/** One name or a list of names. */
export function readReferences(
  reader: Reader,
  node: Node,
  what: string,
): readonly Text[] | undefined {
  const nodes = node.kind === "list" ? node.items : [node];
  const found = nodes.map((item) => readReference(reader, item, what));
  return found.includes(undefined) ? undefined : (found as Text[]);
}

/** A name that must stand for one target. */
export function readOneReference(reader: Reader, node: Node, what: string): Text | undefined {
  const found = readReference(reader, node, what);
  const target = typeof found?.text === "string" ? reader.targets.get(found.text) : undefined;
  if (found === undefined || target === undefined || target.axes.length === 0) return found;
  const members = memberNames(target);
  reader.problems.push(problems.oneTargetOnly(what, target.name, members, found.at));
  return undefined;
}

/** Whether a text names a target: such a value is never taken for a path. */
export function namesTarget(reader: Reader, node: Node): boolean {
  if (node.kind !== "scalar") return false;
  const family = parseName(node.text)?.family;
  return family !== undefined && reader.targets.has(reader.scope.prefix + family);
}

function checkName(reader: Reader, local: string, at: Location): Text | undefined {
  const parsed = parseName(local);
  const target = parsed && reader.targets.get(reader.scope.prefix + parsed.family);
  if (parsed === undefined || target === undefined) {
    const near = suggest(reader, parsed?.family ?? local, visibleNames(reader));
    reader.problems.push(problems.unknownTarget(local, at, near));
    return undefined;
  }
  reader.edges.add(target.name);
  const problem = parsed.values && checkMember(target, parsed.values, local, at);
  if (problem !== undefined) {
    reader.problems.push(problem);
    return undefined;
  }
  return { text: memberName(target.name, parsed.values ?? []), at };
}

/** What is wrong with the values in brackets after the name of a target. */
export function checkMember(
  target: IndexedTarget,
  values: readonly string[],
  shown: string,
  at?: Location,
) {
  if (target.axes.length === 0) return problems.notAMatrix(shown, target.name, at);
  if (values.length !== target.axes.length) {
    const names = target.axes.map((axis) => axis.name);
    return problems.wrongAxes(shown, names, values.length, at);
  }
  if (values.every((value, index) => target.axes[index]?.values.includes(value))) return undefined;
  const near = values.map((value, index) => nearestValue(value, target.axes[index]?.values ?? []));
  const known = near.every((value) => value !== undefined);
  const family = shown.slice(0, shown.indexOf("["));
  return problems.unknownMember(shown, at, known ? memberName(family, near) : undefined);
}

const nearestValue = (value: string, values: readonly string[]) =>
  values.includes(value) ? value : nearest(value, values);

/** Names as this file would write them. */
function visibleNames(reader: Reader): readonly string[] {
  const { prefix } = reader.scope;
  const names = [...reader.targets.keys()];
  return names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** Declared names that a name with parameters in it can become. */
function possibleTargets(reader: Reader, template: Template): readonly string[] {
  const family = familyPattern(template);
  if (typeof family === "string") return reader.targets.has(family) ? [family] : [];
  return [...reader.targets.keys()].filter((name) => family.test(name));
}

/** What stands before the bracket: a name, or with parameters in it a pattern for names. */
function familyPattern(template: Template): string | RegExp {
  let text = "";
  let pattern = "";
  for (const part of typeof template === "string" ? [template] : template) {
    if (typeof part !== "string") {
      pattern += ".*";
      continue;
    }
    const open = part.indexOf("[");
    const piece = open < 0 ? part : part.slice(0, open);
    text += piece;
    pattern += piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    if (open >= 0) break;
  }
  return pattern.includes(".*") ? new RegExp(`^${pattern}(\\[.*)?$`) : text;
}
