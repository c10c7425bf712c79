/** Reads a bake file in JSON into the same blocks as one in HCL: objects are blocks, and texts may have `${…}`. */
import type { MapNode, Node } from "../../config/yaml/node.ts";
import { readYaml } from "../../config/yaml/read-yaml.ts";
import type { Source } from "../../config/yaml/source.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import { wrong } from "../problems.ts";
import { Cursor } from "./hcl/cursor.ts";
import { parseExpression } from "./hcl/parse-expression.ts";
import { parseQuoted } from "./hcl/parse-template.ts";
import type { Attribute, Block, Expression } from "./hcl/syntax.ts";

const blockTypes: ReadonlySet<string> = new Set(["variable", "function", "group", "target"]);

/** @throws DiagnosticError with the place of the first mistake */
export function parseBakeJson(source: Source): Block {
  const top = readYaml(source);
  if (!top.ok) throw new DiagnosticError(top.problems[0] as Diagnostic);
  refuseNoJson(source);
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (const { key, keyAt, value } of top.value.entries) {
    if (!blockTypes.has(key)) {
      attributes.push({ name: key, value: expressionOf(value, source), ...keyAt });
      continue;
    }
    for (const entry of mapOf(value, key, source).entries) {
      const body = mapOf(entry.value, entry.key, source);
      blocks.push({ ...bodyOf(body, source), type: key, labels: [entry.key], ...entry.keyAt });
    }
  }
  return { type: "", labels: [], attributes, blocks, start: 0, end: source.text.length };
}

/** The reader of YAML, which knows all places, lets more pass than bake does. */
function refuseNoJson(source: Source): void {
  try {
    JSON.parse(source.text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const start = Math.min(Number(position ?? 0), Math.max(0, source.text.length - 1));
    throw wrong("json-syntax", "not valid JSON", source.locate({ start, end: start + 1 }));
  }
}

function bodyOf(node: MapNode, source: Source): Pick<Block, "attributes" | "blocks"> {
  const attributes = node.entries.map(({ key, keyAt, value }) => ({
    name: key,
    value: expressionOf(value, source),
    ...keyAt,
  }));
  return { attributes, blocks: [] };
}

function mapOf(node: Node, key: string, source: Source): MapNode {
  if (node.kind === "map") return node;
  throw wrong("bake-block", `\`${key}\` is no object`, source.locate(node));
}

function expressionOf(node: Node, source: Source): Expression {
  const { start, end } = node;
  if (node.kind === "list") {
    return {
      kind: "list",
      items: node.items.map((item) => expressionOf(item, source)),
      start,
      end,
    };
  }
  if (node.kind === "map") {
    const entries = node.entries.map(
      ({ key, keyAt, value }) =>
        [{ kind: "value", value: key, ...keyAt }, expressionOf(value, source)] as const,
    );
    return { kind: "object", entries, start, end };
  }
  if (typeof node.value !== "string") return { kind: "value", value: node.value, start, end };
  return textOf(node.value, () => source.locate(node));
}

/** The expressions in the text are read from a text of their own, whose places are all that of the value. */
function textOf(text: string, locate: Source["locate"]): Expression {
  const quoted = `"${text.replace(/["\\\n\r\t]/g, (found) => escapes[found] ?? found).replace(/\$\{[^}]*\}/g, (inner) => inner.replace(/\\(["\\])/g, "$1"))}"`;
  return parseQuoted(new Cursor({ text: quoted, locate }), parseExpression);
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
