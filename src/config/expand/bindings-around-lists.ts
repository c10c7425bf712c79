/** Which of the values that includes fix are known before the lists, and which only after them. */
import type { Binding, Declaration } from "../declaration.ts";

/** `after`: bindings that are lists, or take the value of one. */
export function bindingsAroundLists({ parameters, bindings }: Declaration): {
  readonly before: readonly Binding[];
  readonly after: readonly Binding[];
} {
  const late = new Set(parameters.flatMap(({ name, type }) => (type === "list" ? [name] : [])));
  for (const { key, parameter, uses } of bindings) {
    if (parameter.type === "list" || uses.some((used) => late.has(used))) late.add(key);
  }
  return {
    before: bindings.filter(({ key }) => !late.has(key)),
    after: bindings.filter(({ key }) => late.has(key)),
  };
}
