/** What the bake files of a folder declare, merged as bake merges them; nothing is worked out yet. */
import type { Source } from "../../config/yaml/source.ts";
import type { Location } from "../../model/diagnostic.ts";
import { wrong } from "../problems.ts";
import type { OwnFunction } from "./hcl/evaluate.ts";
import type { Block, Expression } from "./hcl/syntax.ts";
import { attributeNamed } from "./hcl/syntax.ts";

interface Placed<T> {
  readonly value: T;
  readonly at: Location;
}

/** The blocks of one name, the later ones on top. */
export type Layers = readonly Placed<Block>[];

export interface BakeFile {
  readonly variables: ReadonlyMap<string, Placed<Block>>;
  readonly globals: ReadonlyMap<string, Placed<Expression>>;
  readonly functions: ReadonlyMap<string, OwnFunction>;
  readonly groups: ReadonlyMap<string, Layers>;
  readonly targets: ReadonlyMap<string, Layers>;
  /** The place of an attribute. */
  readonly placeOf: (block: Placed<Block>, attribute: string) => Location;
}

export function mergeBakeFiles(
  files: readonly { readonly block: Block; readonly source: Pick<Source, "locate"> }[],
): BakeFile {
  const variables = new Map<string, Placed<Block>>();
  const globals = new Map<string, Placed<Expression>>();
  const functions = new Map<string, OwnFunction>();
  const groups = new Map<string, Placed<Block>[]>();
  const targets = new Map<string, Placed<Block>[]>();
  const sources = new Map<Block, Pick<Source, "locate">>();
  for (const { block, source } of files) {
    for (const { name, value, ...span } of block.attributes) {
      globals.set(name, { value, at: source.locate(span) });
    }
    for (const inner of block.blocks) {
      const placed = { value: inner, at: source.locate(inner) };
      const name = nameOf(placed);
      sources.set(inner, source);
      if (inner.type === "variable") variables.set(name, placed);
      else if (inner.type === "function") functions.set(name, functionOf(placed));
      else if (inner.type === "group") groups.set(name, [...(groups.get(name) ?? []), placed]);
      else if (inner.type === "target") targets.set(name, [...(targets.get(name) ?? []), placed]);
      else throw unknownBlock(placed);
    }
  }
  const placeOf = ({ value, at }: Placed<Block>, attribute: string): Location => {
    const found = value.attributes.findLast(({ name }) => name === attribute);
    return found === undefined ? at : (sources.get(value)?.locate(found) ?? at);
  };
  return { variables, globals, functions, groups, targets, placeOf };
}

function nameOf({ value: { type, labels }, at }: Placed<Block>): string {
  const [name] = labels;
  if (name !== undefined && labels.length === 1) return name;
  throw wrong(
    "bake-block",
    `\`${type}\` needs one name, found ${labels.length}`,
    at,
    `write \`${type} "NAME" { … }\``,
  );
}

function unknownBlock({ value, at }: Placed<Block>) {
  return wrong(
    "bake-block",
    `there is no block \`${value.type}\` in a bake file`,
    at,
    "bake files have `variable`, `function`, `group` and `target`",
  );
}

function functionOf({ value, at }: Placed<Block>): OwnFunction {
  const result = attributeNamed(value, "result");
  if (result === undefined)
    throw wrong("bake-function", `function \`${value.labels[0]}\` has no \`result\``, at);
  const rest =
    namesOf(attributeNamed(value, "variadic_params"))[0] ??
    namesOf(attributeNamed(value, "variadic_param"))[0];
  return {
    parameters: namesOf(attributeNamed(value, "params")),
    result,
    ...(rest !== undefined && { rest }),
  };
}

/** `[a, b]`: names, not what they stand for. */
function namesOf(expression: Expression | undefined): readonly string[] {
  if (expression?.kind === "name") return [expression.name];
  if (expression?.kind !== "list") return [];
  return expression.items.flatMap((item) =>
    item.kind === "name" ? [item.name] : item.kind === "value" ? [String(item.value)] : [],
  );
}
