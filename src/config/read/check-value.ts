/** Checks one value of a parameter against its type. Knows not where values come from. */
import type { Parameter } from "../../model/parameter.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import * as problems from "../problems/problems.ts";

const flags: Readonly<Record<string, string>> = {
  true: "true",
  "1": "true",
  yes: "true",
  false: "false",
  "0": "false",
  no: "false",
};

export const memberValueRule = "letters, digits and `. _ - + ~ : @ / =`";

/** What may stand between the brackets of the name of a target. */
export const isMemberValue = (text: string): boolean => /^[\w.+~:@/=-]+$/.test(text);

/** A pattern has to match all of a value. */
export const wholeValue = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, "u");

/** The value as templates show it; a path is left for the caller to resolve, and lists to `check-list.ts`. */
export function checkParameter(
  { type, choices = [], pattern, help }: Parameter,
  given: problems.BadValue,
): Result<string> {
  const { value } = given;
  if (type === "choice" && !choices.includes(value))
    return fail(problems.badChoice(given, choices));
  if (pattern !== undefined && !wholeValue(pattern).test(value))
    return fail(problems.notAsPattern(given, pattern, help));
  if (type === "number") {
    const good = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim());
    return good ? ok(value.trim()) : fail(problems.badValue(given, "a number"));
  }
  if (type === "flag") {
    const flag = flags[value.trim().toLowerCase()];
    return flag === undefined ? fail(problems.badValue(given, "`true` or `false`")) : ok(flag);
  }
  return ok(value);
}
