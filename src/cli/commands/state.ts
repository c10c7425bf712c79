/** `tbuild state`: what is kept between runs, how large it is, and its limits. Writes nothing. */
import { lookAtState } from "../../engine/fresh/look-at-state.ts";
import { unfinishedPushes } from "../../engine/unfinished-pushes.ts";
import { stateLines } from "../../report/state-table.ts";
import { loadDeclaration } from "../load.ts";
import { readLimits } from "../read-limits.ts";
import type { CommonRequest } from "../request.ts";
import { showProblems, showWarnings } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runState(common: CommonRequest, place: Surroundings): Promise<number> {
  const { log } = common;
  const { root, declaration } = loadDeclaration(common);
  if (!declaration.ok) return showProblems({ ...declaration, root, log }, place);
  const limits = readLimits(declaration.value.limits, place.environment);
  if (!limits.ok) return showProblems({ ...limits, root, log }, place);
  const parts = lookAtState(root, limits.value);
  const lines =
    log === "json"
      ? parts.map((part) => JSON.stringify({ kind: "state", ...part }))
      : stateLines(parts);
  place.out.write(lines.map((line) => `${line}\n`).join(""));
  await showWarnings({ problems: unfinishedPushes(root, false), root, log }, place);
  return 0;
}
