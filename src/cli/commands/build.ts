/** `tbuild [targets…]`: brings targets up to date. What shows that they are is all that is loaded at first. */
import { type CheckedPlan, isFresh } from "../../engine/compiled/check-plan.ts";
import { tellFresh } from "../../engine/compiled/tell-fresh.ts";
import { Redactor } from "../../report/redact.ts";
import { findKnownPlan, type KnownPlan } from "../known-plan.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { makeReporter } from "../make-reporter.ts";
import type { TargetRequest } from "../prepare.ts";
import { commandOf } from "../shell-word.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runBuild(request: TargetRequest, place: Surroundings): Promise<number> {
  const engine = new LazyEngine(place);
  try {
    const known = await findKnownPlan(request, place, engine);
    const checked = known?.checked;
    if (checked && isFresh(checked)) return await endFresh(request, place, { ...known, checked });
    const { buildTargets } = await import("../build-targets.ts");
    return await buildTargets(request, place, { engine, known });
  } finally {
    await engine.close();
  }
}

async function endFresh(
  { common, argv }: TargetRequest,
  place: Surroundings,
  { checked, root }: KnownPlan & { readonly checked: CheckedPlan },
): Promise<number> {
  const redactor = new Redactor([]);
  const reporter = await makeReporter(common, place, { root, again: () => "", redactor });
  const command = commandOf(argv);
  const seconds = performance.now() / 1000;
  const { signal } = place;
  const version = place.version();
  tellFresh(
    checked,
    { ...common, root, command, version, signal, seconds },
    { reporter, redact: (text) => redactor.text(text) },
  );
  await reporter.close();
  return 0;
}
