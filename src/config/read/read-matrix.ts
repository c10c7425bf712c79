/** Reads the matrix of a target: its keys with their values, or the lists that give them. */
import type { Axis } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import type { Entry, Node } from "../yaml/node.ts";
import { isMemberValue, memberValueRule } from "./check-value.ts";
import { isValue } from "./read-text.ts";
import { entriesOf, placeOf, type Reader, wrong } from "./reader.ts";

export function readMatrix(reader: Reader, node: Node): readonly Axis[] {
  const axes = entriesOf(reader, node, "`matrix`").flatMap(
    (entry) => readAxis(reader, entry) ?? [],
  );
  if (node.kind === "map" && node.entries.length === 0) {
    reader.problems.push(problems.emptyList("`matrix`", placeOf(reader, node)));
  }
  return axes;
}

function readAxis(reader: Reader, { key, keyAt, value }: Entry): Axis | undefined {
  checkAxisName(reader, key, keyAt);
  const what = `matrix key \`${key}\``;
  if (value.kind === "scalar" && value.text.startsWith("${")) return listAxis(reader, key, value);
  if (value.kind !== "list") return wrong(reader, what, "a list of values", value);
  if (value.items.length === 0) {
    reader.problems.push(problems.emptyList(what, placeOf(reader, value)));
    return undefined;
  }
  return { name: key, values: readValues(reader, key, value.items) };
}

/** `${packages}`: as many members as the list has values. */
function listAxis(
  reader: Reader,
  name: string,
  node: Node & { readonly kind: "scalar" },
): Axis | undefined {
  const { parameters } = reader.scope;
  const used = /^\$\{([^}]*)\}$/.exec(node.text)?.[1] ?? "";
  const parameter = parameters.get(used);
  if (parameter?.type === "list") {
    const { key, form } = parameter;
    return { name, values: [], list: { key, ...(form && { form }) } };
  }
  const example = [...parameters].find(([, { type }]) => type === "list")?.[0];
  const at = placeOf(reader, node);
  reader.problems.push(problems.notAList(name, node.text, at, example));
  return undefined;
}

function checkAxisName(reader: Reader, name: string, span: { start: number; end: number }): void {
  const at = placeOf(reader, span);
  if (!/^[A-Za-z_][\w-]*$/.test(name)) {
    const allowed = "use letters, digits, `-` and `_`, a letter first";
    reader.problems.push(problems.illegalName("a matrix key", name, at, allowed));
  } else if (reader.scope.parameters.has(name)) {
    reader.problems.push(problems.axisIsParameter(name, at));
  }
}

function readValues(reader: Reader, axis: string, nodes: readonly Node[]): readonly string[] {
  const values = new Set<string>();
  for (const node of nodes) {
    const at = placeOf(reader, node);
    if (!isValue(node)) reader.problems.push(problems.matrixValue(axis, node, at));
    else if (!isMemberValue(node.text)) {
      const allowed = `use ${memberValueRule}`;
      reader.problems.push(problems.illegalName("a member of a matrix", node.text, at, allowed));
    } else if (values.has(node.text)) {
      reader.problems.push(problems.matrixRepeats(axis, node.text, at));
    } else values.add(node.text);
  }
  return [...values];
}
