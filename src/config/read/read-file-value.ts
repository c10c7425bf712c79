/** Reads the value that a parameter has when none is given from a file of one line, such as `VERSION`. */
import type { Parameter } from "../../model/parameter.ts";
import { checkInside, workspacePath } from "../expand/paths.ts";
import * as problems from "../problems/parameter-problems.ts";
import { type MapNode, valueAt } from "../yaml/node.ts";
import { checkParameter } from "./check-value.ts";
import { placeOf, type Reader, wrong } from "./reader.ts";

/** What a file holds is text, and no path or secret. */
const types: readonly Parameter["type"][] = ["string", "number", "choice"];

export function readFileValue(
  reader: Reader,
  node: MapNode,
  parameter: Parameter,
): { readonly default?: string } {
  const given = valueAt(node, "file");
  if (given === undefined) return {};
  const { folder } = reader.scope;
  if (given.kind !== "scalar" || typeof given.value !== "string") {
    return wrong(reader, "`file`", "the path of a file", given) ?? {};
  }
  const at = placeOf(reader, given);
  const misfit = whyNot(node, parameter);
  const problem = misfit
    ? problems.noFileValue(misfit, at)
    : checkInside({ path: given.value, folder, what: "`file`", at });
  if (problem) {
    reader.problems.push(problem);
    return {};
  }
  const path = workspacePath(given.value, folder);
  const text = reader.readBeside(path, at)?.trim();
  if (text === undefined) return {};
  const lines = text === "" ? 0 : text.split("\n").length;
  const subject = `value of parameter \`${parameter.name}\` in \`${path}\``;
  const checked = checkParameter(parameter, { subject, value: text, at });
  if (lines === 1 && checked.ok) return { default: checked.value };
  if (lines !== 1) reader.problems.push(problems.notOneLine(path, lines, at));
  else if (!checked.ok) reader.problems.push(...checked.problems);
  return {};
}

/** Why the parameter takes no value from a file. */
function whyNot(node: MapNode, { type }: Parameter): string | undefined {
  if (valueAt(node, "default") !== undefined) {
    return "`file` and `default` both say what it is when nobody gives it";
  }
  if (types.includes(type)) return undefined;
  const named = types.map((each) => `\`${each}\``).join(", ");
  return `\`file\` goes with types ${named}, not with \`${type}\``;
}
