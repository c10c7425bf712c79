/** The values of a target file with the span of text that each stands in. Knows neither YAML nor what keys mean. */

/** Offsets into the text of the file, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As it was typed: `1.10` stays `1.10`. */
  readonly text: string;
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly items: readonly Node[];
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: Node;
}

export interface MapNode extends Span {
  readonly kind: "map";
  readonly entries: readonly Entry[];
}

export type Node = ScalarNode | ListNode | MapNode;

/** What a value is, for `expected …, found …`. */
export function describeNode(node: Node): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  if (node.value === null) return "nothing";
  if (typeof node.value === "string") return `the text \`${shorten(node.value)}\``;
  return typeof node.value === "number" ? `the number ${node.text}` : `\`${node.text}\``;
}

function shorten(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length === text.length && line.length <= 40 ? line : `${line.slice(0, 39)}…`;
}

/** The value of a key, when it is there. */
export const valueAt = (node: MapNode, key: string): Node | undefined =>
  node.entries.find((entry) => entry.key === key)?.value;
