/** The attributes of a bake target with those that it inherits, as bake puts them together. */
import type { Location } from "../../model/diagnostic.ts";
import { wrong } from "../problems.ts";
import type { BakeFile, Layers } from "./bake-file.ts";
import { evaluate, type Scope } from "./hcl/evaluate.ts";
import type { Expression } from "./hcl/syntax.ts";
import { isList, isObject, type Value } from "./hcl/value.ts";

/** One attribute: what is written for it, from below; only maps are put together. */
export interface Attribute {
  readonly layers: readonly Expression[];
  /** Of the topmost. */
  readonly at: Location;
}

const merged: ReadonlySet<string> = new Set(["args", "labels", "contexts"]);

/** Attributes of a target that are not for those who inherit from it. */
const own: ReadonlySet<string> = new Set(["inherits", "matrix", "name", "description"]);

/**
 * @param scope for the names of the targets that it inherits from
 * @throws DiagnosticError for one that is not there, or inherits from itself
 */
export function attributesOf(
  name: string,
  file: BakeFile,
  scope: Scope,
  below: readonly string[] = [],
): ReadonlyMap<string, Attribute> {
  const layers = file.targets.get(name) ?? [];
  const found = new Map<string, Attribute>();
  for (const parent of parentsOf(layers, scope)) {
    const at = placeOf(layers, "inherits", file);
    if (!file.targets.has(parent))
      throw wrong("bake-target", `there is no target \`${parent}\``, at);
    if ([...below, name].includes(parent))
      throw wrong("bake-target", `target \`${parent}\` inherits from itself`, at);
    for (const [key, attribute] of attributesOf(parent, file, scope, [...below, name])) {
      if (!own.has(key)) put(found, key, attribute);
    }
  }
  for (const block of layers) {
    for (const { name: key, value } of block.value.attributes) {
      put(found, key, { layers: [value], at: file.placeOf(block, key) });
    }
  }
  return found;
}

/** Names of the targets that some layer inherits from. */
export function parentsOf(layers: Layers, scope: Scope): readonly string[] {
  const expression = layers
    .flatMap(({ value }) => value.attributes)
    .findLast(({ name }) => name === "inherits")?.value;
  const value = expression === undefined ? [] : evaluate(expression, scope);
  return isList(value) ? value.map(String) : [];
}

function placeOf(layers: Layers, key: string, file: BakeFile): Location {
  const layer =
    layers.findLast(({ value }) => value.attributes.some(({ name }) => name === key)) ?? layers[0];
  if (layer === undefined) throw new Error(`no layer has ${key}`);
  return file.placeOf(layer, key);
}

function put(found: Map<string, Attribute>, key: string, { layers, at }: Attribute): void {
  const before = merged.has(key) ? (found.get(key)?.layers ?? []) : [];
  found.set(key, { layers: [...before, ...layers], at });
}

/** What the layers stand for together. */
export function valueOfLayers({ layers }: Attribute, scope: Scope): Value {
  const values = layers.map((layer) => evaluate(layer, scope));
  const [first = null, ...others] = values;
  if (others.length === 0) return first;
  return Object.assign({}, ...values.filter((value) => isObject(value))) as Value;
}
