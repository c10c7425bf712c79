/** A declaration as it is when nothing is given: what lists of targets, help and completion tell. */
import type { Declaration } from "../config/declaration.ts";
import { fillMatrices } from "../config/expand/fill-matrices.ts";
import { resolveParameters } from "../config/expand/resolve-parameters.ts";
import type { Surroundings } from "./surroundings.ts";

/** With the members of matrices that take the default of a list. What is wrong with a value is told by builds. */
export function asByDefault(
  declaration: Declaration,
  { environment, cwd }: Pick<Surroundings, "environment" | "cwd">,
): Declaration {
  const values = resolveParameters(declaration, new Map(), environment, cwd);
  const filled = values.ok ? fillMatrices(declaration, values.value) : values;
  return filled.ok ? filled.value : declaration;
}
