/** Opens a project and finds out how its wanted targets stand. Makes nothing; what is told of it is the caller's. */
import { fail, ok, type Result } from "../../model/result.ts";
import type { TargetName } from "../../model/target.ts";
import { StateFolder } from "../../store/state-folder.ts";
import type { BuildParts, BuildRequest } from "../build-request.ts";
import type { BuildRoom } from "../build-room.ts";
import { openRoom } from "../open-room.ts";
import { demandWanted } from "../plan/demand-wanted.ts";
import { examine, type Verdict } from "./examine.ts";

export interface Examined {
  readonly room: BuildRoom;
  readonly verdicts: ReadonlyMap<TargetName, Verdict>;
}

/** @throws DiagnosticError when the engine is needed and cannot be asked */
export async function examineWanted(
  request: BuildRequest,
  parts: BuildParts,
): Promise<Result<Examined>> {
  const opened = openRoom(request, parts, new StateFolder(request.project.root));
  if (!opened.ok) return opened;
  const room = opened.value;
  const problems = demandWanted(request.wanted, room);
  if (problems.length > 0) return fail(...problems);
  return ok({ room, verdicts: await examine(room) });
}
