/** Names the parameters that a use needs and nobody gave. */

import type { Declaration } from "../declaration.ts";
import { readSemanticKey } from "./built-ins.ts";
import type { ParameterValues } from "./resolve-parameters.ts";

/** What an include fixes is asked for by the names that the user can give. */
export function missingParameters(
  declaration: Pick<Declaration, "bindings">,
  { texts, secrets, noValue, lacking }: ParameterValues,
  keys: readonly string[],
): readonly string[] {
  const missing = keys.filter((key) => !texts.has(key) && !secrets.has(key));
  if (missing.length === 0) return missing;
  const names = missing.flatMap((key) =>
    noValue?.has(key) ? [key] : namesToGive(declaration, lacking?.get(key) ?? key),
  );
  return [...new Set(names)];
}

/** The parameters of the project that the value behind a key comes from. */
export function namesToGive(
  declaration: Pick<Declaration, "bindings">,
  key: string,
): readonly string[] {
  const semantic = readSemanticKey(key);
  if (semantic !== undefined) return namesToGive(declaration, semantic.of);
  const binding = declaration.bindings.find((each) => each.key === key);
  if (binding === undefined) return [key];
  return binding.uses.flatMap((used) => namesToGive(declaration, used));
}
