/** Reads what only a parameter of type `list` has: the form of its values, patterns of their pieces, its default. */
import { type ListForm, parseForm } from "../../model/list-form.ts";
import type { Parameter } from "../../model/parameter.ts";
import * as problems from "../problems/problems.ts";
import { type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { checkList } from "./check-list.ts";
import { readExpression } from "./read-expression.ts";
import { isValue } from "./read-text.ts";
import { checkKeys, entriesOf, placeOf, type Reader, wrong } from "./reader.ts";

/** The form, with the patterns of its pieces. */
export function readForm(
  reader: Reader,
  node: MapNode,
  type: Parameter["type"],
): { readonly form?: ListForm } {
  const given = valueAt(node, "form");
  if (given === undefined) return {};
  const at = placeOf(reader, given);
  const form = given.kind === "scalar" ? parseForm(given.text) : undefined;
  if (type !== "list") reader.problems.push(problems.formNeedsList(type, at));
  else if (given.kind !== "scalar") wrong(reader, "`form`", "text such as `name==version`", given);
  else if (!form) reader.problems.push(problems.notAForm(given.text, at));
  else return { form: withPatterns(reader, form, valueAt(node, "pattern")) };
  return {};
}

/** `pattern` maps pieces to what each must match. */
function withPatterns(reader: Reader, form: ListForm, node: Node | undefined): ListForm {
  if (node === undefined) return form;
  const what = "`pattern` of a `form`";
  const names = form.pieces.map(({ name }) => name);
  if (node.kind === "map") checkKeys(reader, node, names, what);
  const entries = entriesOf(reader, node, what);
  const patterns = new Map(
    entries.flatMap(({ key, value }) => {
      const pattern = readExpression(reader, value, `\`${key}\` of ${what}`);
      return pattern === undefined ? [] : [[key, pattern]];
    }),
  );
  const pieces = form.pieces.map((piece) => {
    const pattern = patterns.get(piece.name);
    return pattern === undefined ? piece : { ...piece, pattern };
  });
  return { ...form, pieces };
}

/** Values with commas between, as the command line may give them. Pieces may be left out of them. */
export function readDefaultList(
  reader: Reader,
  given: Node,
  parameter: Parameter,
): { readonly default?: string } {
  const subject = `default of parameter \`${parameter.name}\``;
  const at = placeOf(reader, given);
  const nodes = given.kind === "list" ? given.items : [given];
  if (nodes.length === 0) reader.problems.push(problems.emptyList(subject, at));
  const values = nodes.flatMap((item) => {
    if (isValue(item)) return [item.text];
    wrong(reader, subject, "a list of values", item);
    return [];
  });
  if (values.length === 0 || values.length < nodes.length) return {};
  const text = values.join(",");
  const checked = checkList(
    withoutOthers(parameter),
    { subject, value: text, at },
    () => undefined,
  );
  if (checked.ok) return { default: text };
  reader.problems.push(...checked.problems);
  return {};
}

/** What a piece stands for that is left out is known later. */
function withoutOthers(parameter: Parameter): Parameter {
  const { form } = parameter;
  if (!form) return parameter;
  const pieces = form.pieces.map((piece) => ({ ...piece, otherwise: "" }));
  return { ...parameter, form: { ...form, pieces } };
}
