/** Reads names of targets, which several parts of the configuration have. */
import * as words from "../../config/problems/problems.ts";
import type { Node } from "../../config/yaml/node.ts";
import { isTarget } from "../records/names.ts";
import type { ConfigReader } from "./config-reader.ts";
import * as problems from "./problems.ts";

export function readTargets(
  reader: ConfigReader,
  node: Node,
  what: string,
): readonly string[] | undefined {
  const found = each(node).flatMap((item) => {
    const text = reader.text(item, what);
    if (text === undefined || isTarget(text)) return text ?? [];
    reader.report(problems.badTarget(text, reader.at(item)));
    return [];
  });
  if (each(node).length > 0) return found;
  return reader.report(words.emptyList(what, reader.at(node)));
}

/** One text, or several. */
export const each = (node: Node): readonly Node[] => (node.kind === "list" ? node.items : [node]);
