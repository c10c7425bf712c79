/** Whether a target must have all jobs for itself, by its rule. */
import type { Target } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";

/** Said by its rule kind; a group never is. */
export const isExclusive = (target: Target): boolean =>
  target.rule !== undefined && ruleKindOf(target.rule.kind).exclusive === true;
