/** Explains targets: why each is fresh, or what would make it again. Writes nothing. */
import type { Cause, Explanation } from "../../model/explanation.ts";
import { ok, type Result } from "../../model/result.ts";
import type { TargetName } from "../../model/target.ts";
import type { BuildParts, BuildRequest } from "../build-request.ts";
import type { BuildRoom } from "../build-room.ts";
import { shownName } from "./dry-run.ts";
import type { Verdict } from "./examine.ts";
import { examineWanted } from "./examine-wanted.ts";

/** @throws DiagnosticError when the engine is needed and cannot be asked */
export async function explain(
  request: BuildRequest,
  parts: BuildParts,
): Promise<Result<readonly Explanation[]>> {
  const examined = await examineWanted(request, parts);
  if (!examined.ok) return examined;
  const { room, verdicts } = examined.value;
  return ok(request.wanted.map((name) => explainOne(name, verdicts, room)));
}

type Verdicts = ReadonlyMap<TargetName, Verdict>;

function explainOne(name: TargetName, verdicts: Verdicts, room: BuildRoom): Explanation {
  const target = shownName(name, room);
  const verdict = verdicts.get(name);
  if (!verdict) throw new Error(`${name} was not examined`);
  switch (verdict.kind) {
    case "fresh":
      return { kind: "fresh", target, trace: verdict.trace, ...logOf(name, room) };
    case "problem":
    case "unavailable":
      return { kind: "problem", target, problem: verdict.problem };
    case "stale":
      return { kind: "stale", target, causes: [causeAt([name], verdict.reasons, room)] };
    case "uncertain":
      return explainDependent(name, verdicts, room);
  }
}

function logOf(name: TargetName, { logs }: BuildRoom) {
  const logEvicted = logs.evictionOf(name);
  return logEvicted && { logEvicted };
}

/** Walks down through all that would be made first, to what is stale by itself; shortest ways first. */
function explainDependent(name: TargetName, verdicts: Verdicts, room: BuildRoom): Explanation {
  const target = shownName(name, room);
  const causes: Cause[] = [];
  const seen = new Set<TargetName>([name]);
  const open: TargetName[][] = [[name]];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const verdict = verdicts.get(path[0] as TargetName);
    if (verdict?.kind === "problem") return { kind: "problem", target, problem: verdict.problem };
    if (verdict?.kind === "stale") causes.push(causeAt(path, verdict.reasons, room));
    if (verdict?.kind !== "uncertain") continue;
    for (const { to } of room.plan.edgesOf(path[0] as TargetName)) {
      if (seen.has(to)) continue;
      seen.add(to);
      open.push([to, ...path]);
    }
  }
  return { kind: "stale", target, causes };
}

function causeAt(path: readonly TargetName[], reasons: Cause["reasons"], room: BuildRoom): Cause {
  const shown = path.map((name) => shownName(name, room));
  return { target: shown[0] as string, reasons, path: shown };
}
