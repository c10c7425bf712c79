/** Asks those outside whom some rules only ask, all at once, for whoever looks and makes nothing. */
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import { inParallel } from "../../net/in-parallel.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { ActOutcome } from "../../rules/rule.ts";
import type { BuildRoom } from "../build-room.ts";

/** Questions at the same time. */
const atOnce = 8;

/** What was found, by target; of rules that make something nothing is told. */
export async function askOutside(
  targets: readonly Target[],
  { access, signal: outer }: Pick<BuildRoom, "access" | "signal">,
): Promise<ReadonlyMap<TargetName, ActOutcome>> {
  const asking = targets.filter(({ rule }) => rule && ruleKindOf(rule.kind).ask !== undefined);
  const answers = await inParallel(asking, atOnce, outer, async (target, signal) => {
    const { kind = "", fields } = target.rule ?? {};
    try {
      return await ruleKindOf(kind).ask?.(fields as never, { target, access, signal });
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return { kind: "failed", problem: error.diagnostic } as const;
    }
  });
  return new Map(
    asking.flatMap(({ name }, index) => {
      const answer = answers[index];
      return answer ? [[name, answer] as const] : [];
    }),
  );
}
