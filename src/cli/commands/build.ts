/** `tbuild [targets…]`: brings targets up to date. What shows that they are is all that is loaded at first. */
import { type CheckedPlan, isFresh } from "../../engine/check-plan.ts";
import { Redactor } from "../../report/redact.ts";
import { findKnownPlan } from "../known-plan.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { makeReporter } from "../make-reporter.ts";
import type { TargetRequest } from "../prepare.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runBuild(request: TargetRequest, place: Surroundings): Promise<number> {
  const engine = new LazyEngine(place);
  try {
    const known = await findKnownPlan(request, place, engine);
    if (known?.checked && isFresh(known.checked)) {
      return await tellFresh(request, place, known.checked);
    }
    const { buildTargets } = await import("../build-targets.ts");
    return await buildTargets(request, place, { engine, known });
  } finally {
    await engine.close();
  }
}

async function tellFresh(
  { common }: TargetRequest,
  place: Surroundings,
  { plan }: CheckedPlan,
): Promise<number> {
  const { project, wanted, made, choices } = plan.about;
  const reporter = await makeReporter(common, place, {
    root: common.directory,
    again: () => "",
    redactor: new Redactor([]),
  });
  const counts = { built: 0, fresh: made, failed: 0, skipped: 0 };
  reporter.report({
    kind: "started",
    project,
    wanted,
    total: made,
    fresh: made,
    jobs: common.jobs,
  });
  for (const choice of choices) reporter.report(choice);
  reporter.report({ kind: "finished", ...counts, seconds: performance.now() / 1000 });
  await reporter.close();
  return 0;
}
