/**
 * Checks the values of a list: each against the form and the patterns of its parameter. Knows not where they
 * come from, nor what pieces that were left out stand for.
 */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { type FormPiece, putTogether, separatorsOf, takeApart } from "../../model/list-form.ts";
import type { Parameter } from "../../model/parameter.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import * as problems from "../problems/problems.ts";
import { checkParameter, isMemberValue, memberValueRule, wholeValue } from "./check-value.ts";

/** The values of a list that is written as one text; one that begins or ends with a comma has an empty value. */
export const splitList = (text: string): readonly string[] =>
  text.split(",").map((value) => value.trim());

export type ListValues =
  | { readonly kind: "values"; readonly text: string }
  /** A piece was left out, and the parameter with this key has no value either. */
  | { readonly kind: "lacking"; readonly key: string };

/**
 * The list as templates show it, with pieces that were left out.
 * @param given its `value` is the whole list
 * @param valueAt of a parameter by its key
 */
export function checkList(
  parameter: Parameter,
  given: problems.BadValue,
  valueAt: (key: string) => string | undefined,
): Result<ListValues> {
  const whole: string[] = [];
  const found: Diagnostic[] = [];
  for (const value of splitList(given.value)) {
    const checked = checkOne(parameter, { ...given, value }, valueAt);
    if (!checked.ok) found.push(...checked.problems);
    else if (checked.value.kind === "lacking") return checked;
    else if (whole.includes(checked.value.text)) {
      found.push(problems.listRepeats(given, checked.value.text));
    } else whole.push(checked.value.text);
  }
  return found.length > 0 ? fail(...found) : ok({ kind: "values", text: whole.join(",") });
}

function checkOne(
  parameter: Parameter,
  given: problems.BadValue,
  valueAt: (key: string) => string | undefined,
): Result<ListValues> {
  const { form, choices, help } = parameter;
  if (given.value === "") return fail(problems.emptyListValue(given, form?.text));
  if (!form) {
    const checked = checkParameter({ ...parameter, type: choices ? "choice" : "string" }, given);
    if (!checked.ok) return checked;
    return isMemberValue(given.value)
      ? ok({ kind: "values", text: given.value })
      : fail(problems.badValue(given, memberValueRule));
  }
  const typed = takeApart(given.value, separatorsOf(form));
  const pieces: string[] = [];
  for (const [index, piece] of form.pieces.entries()) {
    const own = typed[index];
    if (own === undefined && piece.otherwise === undefined) {
      return fail(problems.notAsForm(given, form.text, help));
    }
    const text = own ?? valueAt(piece.otherwise ?? "");
    if (text === undefined) return ok({ kind: "lacking", key: piece.otherwise ?? "" });
    if (!isPiece(text, separatorsOf(form))) return fail(problems.notAsForm(given, form.text, help));
    const problem = checkPiece(piece, text, given, help);
    if (problem) return fail(problem);
    pieces.push(text);
  }
  return ok({ kind: "values", text: putTogether(form, pieces) });
}

/** Something, and nothing in which another piece could be seen. */
const isPiece = (text: string, separators: readonly string[]): boolean =>
  isMemberValue(text) && !separators.some((each) => each !== "" && text.includes(each));

function checkPiece(
  { name, pattern }: FormPiece,
  text: string,
  given: problems.BadValue,
  help: string | undefined,
): Diagnostic | undefined {
  if (pattern === undefined || wholeValue(pattern).test(text)) return undefined;
  return problems.pieceNotAsPattern(given, { name, text, pattern }, help);
}
