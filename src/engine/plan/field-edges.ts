/** The targets that the keys of a rule name, from what its kind declares of their types. */
import type { Rule, TargetName } from "../../model/target.ts";
import type { FieldTypes } from "../../rules/fields.ts";
import { ruleKindOf } from "../../rules/kinds.ts";

/** In the order of the keys, repeated where several keys name the same. */
export function dependenciesInFields(rule: Rule): readonly TargetName[] {
  const found: TargetName[] = [];
  for (const [name, field] of Object.entries(ruleKindOf(rule.kind).fields)) {
    const value = rule.fields[name];
    if (value === undefined) continue;
    switch (field.type) {
      case "target":
        found.push(value as FieldTypes["target"]);
        break;
      case "targets":
      case "alternatives":
        found.push(...(value as FieldTypes["targets"]));
        break;
      case "inputs":
      case "globsOrTargets":
        for (const spec of value as FieldTypes["inputs"]) {
          if ("targets" in spec) found.push(...spec.targets);
        }
        break;
      case "laid":
        for (const laid of value as FieldTypes["laid"]) found.push(...laid.targets);
        break;
      case "images":
        found.push(...Object.values(value as FieldTypes["images"]));
        break;
      case "pathOrTargets": {
        const either = value as FieldTypes["pathOrTargets"];
        if ("targets" in either) found.push(...either.targets);
        break;
      }
    }
  }
  return found;
}
