/** Gives matrices that take their values from a list those of now. Makes no targets. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { Axis, Declaration, TargetDeclaration } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { splitList } from "../read/check-list.ts";
import { mostMembers } from "../read/read-names.ts";
import type { ParameterValues } from "./resolve-parameters.ts";

/** The same declaration where none does; a list without a value leaves its matrices open, an empty one without members. */
export function fillMatrices(
  declaration: Declaration,
  { texts }: Pick<ParameterValues, "texts">,
): Result<Declaration> {
  if (!declaration.targets.some(({ axes }) => axes.some(({ list }) => list)))
    return ok(declaration);
  const targets = declaration.targets.map((target) => fillTarget(target, texts));
  const tooLarge = targets.flatMap(checkSize);
  return tooLarge.length > 0 ? fail(...tooLarge) : ok({ ...declaration, targets });
}

function fillTarget(
  target: TargetDeclaration,
  texts: ReadonlyMap<string, string>,
): TargetDeclaration {
  const axes = target.axes.map((axis): Axis => {
    const text = axis.list && texts.get(axis.list.key);
    if (text === "") return { name: axis.name, values: [] };
    return text === undefined ? axis : { ...axis, values: splitList(text) };
  });
  return { ...target, axes };
}

function checkSize({ name, axes, declaredAt }: TargetDeclaration): readonly Diagnostic[] {
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  return size > mostMembers ? [problems.matrixTooLarge(name, size, mostMembers, declaredAt)] : [];
}
