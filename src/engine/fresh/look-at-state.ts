/** Tells what is kept of a workspace between runs, and how much may be. Writes nothing. */
import { type LimitName, type Limits, limitNames } from "../../model/limits.ts";
import type { StatePart } from "../../model/state-part.ts";
import { measureState } from "../../store/measure-state.ts";
import { StateFolder } from "../../store/state-folder.ts";

/** @param root absolute path of the workspace */
export function lookAtState(root: string, limits: Limits): readonly StatePart[] {
  return measureState(new StateFolder(root).path).map((part) =>
    isFolderLimit(part.name) ? { ...part, limit: limits[part.name] } : part,
  );
}

/** `log` is the limit of each file, and of nothing in the folder. */
const isFolderLimit = (name: string): name is LimitName =>
  name !== "log" && (limitNames as readonly string[]).includes(name);
