/** Reads a regular expression. What has to match it is the business of others. */
import type { Node } from "../yaml/node.ts";
import { wholeValue } from "./check-value.ts";
import { type Reader, wrong } from "./reader.ts";

export function readExpression(reader: Reader, node: Node, what: string): string | undefined {
  if (node.kind === "scalar" && isExpression(node.text)) return node.text;
  return wrong(reader, what, "a regular expression", node);
}

function isExpression(text: string): boolean {
  try {
    return wholeValue(text) !== undefined;
  } catch {
    return false;
  }
}
