/** Looks into the YAML of a compose file: merged maps, lists that may be maps, and short forms. */
import type { Entry, MapNode, Node } from "../../config/yaml/node.ts";

/** The entries of a map with those that `<<` brings, which its own come before. */
export function entriesOf(node: Node | undefined): readonly Entry[] {
  if (node?.kind !== "map") return [];
  const own = node.entries.filter(({ key }) => key !== "<<");
  const brought = node.entries
    .filter(({ key }) => key === "<<")
    .flatMap(({ value }) => (value.kind === "list" ? value.items : [value]))
    .flatMap((map) => entriesOf(map));
  const seen = new Set(own.map(({ key }) => key));
  const more = brought.filter(({ key }) => !seen.has(key) && seen.add(key));
  return [...own, ...more];
}

export const childOf = (node: Node | undefined, key: string): Node | undefined =>
  entriesOf(node).find((entry) => entry.key === key)?.value;

/** Text of a scalar; nothing for an empty one. */
export const textAt = (node: Node | undefined): string | undefined =>
  node?.kind === "scalar" && node.value !== null ? node.text : undefined;

/** Texts of a list, or of one scalar. */
export function textsAt(node: Node | undefined): readonly string[] {
  if (node?.kind === "list") return node.items.flatMap((item) => textAt(item) ?? []);
  const text = textAt(node);
  return text === undefined ? [] : [text];
}

export interface Pair {
  readonly key: string;
  /** Undefined where only the name is said. */
  readonly value: string | undefined;
  readonly node: Node;
}

/** `KEY: value` of a map or `KEY=value` of a list. */
export function pairsAt(node: Node | undefined): readonly Pair[] {
  if (node?.kind !== "list") {
    return entriesOf(node).map(({ key, value }) => ({ key, value: textAt(value), node: value }));
  }
  return node.items.flatMap((item): Pair[] => {
    const text = textAt(item);
    if (text === undefined) return [];
    const equals = text.indexOf("=");
    if (equals < 0) return [{ key: text, value: undefined, node: item }];
    return [{ key: text.slice(0, equals), value: text.slice(equals + 1), node: item }];
  });
}

/** Names that a list of names, or a map by name, has. */
export const namesAt = (node: Node | undefined): readonly string[] =>
  node?.kind === "map" ? entriesOf(node).map(({ key }) => key) : textsAt(node);

/** One map laid over another, as `extends` does it: maps are put together, all else is replaced. */
export function layOver(below: Node | undefined, above: Node): Node {
  if (below?.kind !== "map" || above.kind !== "map") return above;
  const entries = new Map(entriesOf(below).map((entry) => [entry.key, entry]));
  for (const entry of entriesOf(above)) {
    entries.set(entry.key, {
      ...entry,
      value: layOver(entries.get(entry.key)?.value, entry.value),
    });
  }
  const laid: MapNode = { ...above, entries: [...entries.values()] };
  return laid;
}
