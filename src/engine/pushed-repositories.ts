/** Into which repositories of registries each image is pushed, as the target file tells it. Asks nobody. */
import type { Project, TargetName } from "../model/target.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import type { PushValues } from "../rules/push/push-fields.ts";
import { nameIn } from "../rules/push/push-names.ts";
import { withoutTag } from "./inventory.ts";
import { alternativesOf } from "./plan/alternatives.ts";

/** HOST/NAME by the target of the image; of an alternative, by the target that it belongs to. */
export function pushedRepositories(project: Project): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { rule, missing } of project.targets.values()) {
    if (rule?.kind !== "push" || missing.length > 0) continue;
    const { push, registry } = rule.fields as unknown as PushValues;
    for (const [owner, reference] of imagesOf(push, project)) {
      const name = nameIn(registry.replace(/\/+$/, ""), reference);
      if (name === undefined) continue;
      found.set(owner, (found.get(owner) ?? new Set()).add(withoutTag(name)));
    }
  }
  return new Map([...found].map(([owner, names]) => [owner, [...names]]));
}

/** Groups and alternatives followed. */
function imagesOf(
  names: readonly TargetName[],
  project: Project,
): readonly (readonly [owner: TargetName, reference: string])[] {
  const open = new Set(names);
  const found: (readonly [TargetName, string])[] = [];
  for (const name of open) {
    const target = project.targets.get(name);
    if (target === undefined || target.missing.length > 0) continue;
    const { rule } = target;
    for (const other of rule ? alternativesOf(target) : target.needs) open.add(other);
    const outputs = rule ? ruleKindOf(rule.kind).outputs(rule.fields as never, target) : [];
    for (const output of outputs) {
      if (output.kind === "image") found.push([target.alternativeOf ?? name, output.reference]);
    }
  }
  return found;
}
