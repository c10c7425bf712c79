/** `tbuild explain [targets…]`: why each is fresh, or what would make it again. Writes nothing. */
import { explain } from "../../engine/fresh/explain.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Explanation } from "../../model/explanation.ts";
import { explanationLines } from "../../report/explanation.ts";
import { Redactor } from "../../report/redact.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { prepare, type TargetRequest } from "../prepare.ts";
import { quietParts, requestOf } from "../quiet-build.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runExplain(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log } = request.common;
  const prepared = await prepare(request, place);
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const engine = new LazyEngine(place);
  try {
    const explained = await explain(requestOf(prepared, request, place), quietParts(engine));
    if (!explained.ok) return await showProblems({ ...explained, root: prepared.root, log }, place);
    const redactor = new Redactor(prepared.project.secrets.values());
    const lines = explained.value.flatMap((one) =>
      log === "json" ? json(one) : explanationLines(one),
    );
    place.out.write(redactor.text(lines.map((line) => `${line}\n`).join("")));
    return 0;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return await showProblems({ problems: [error.diagnostic], root: prepared.root, log }, place);
  } finally {
    await engine.close();
  }
}

const json = (explanation: Explanation): readonly string[] => [
  JSON.stringify({ ...explanation, kind: "explanation", state: explanation.kind }),
];
