/** Removes what was found, and tells what went. What is found is told elsewhere. */

import { throwIfAborted } from "../../docker/errors.ts";
import { countedThings, type Removal, totalsOf } from "../../model/removal.ts";
import { bytes } from "../../model/size.ts";
import type { CleanContext, Found } from "../clean-context.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { type CleanValues, cleanRequest } from "./clean-fields.ts";
import { findAll } from "./clean-look.ts";

export async function cleanProject(values: CleanValues, context: ActContext): Promise<ActOutcome> {
  const request = cleanRequest(values, Date.now());
  const found = await findAll(request, context);
  const removed = await removeAll(found, context, (removal) => context.progress.removed(removal));
  // With an age nothing is known to be gone as a whole.
  if (request.before === undefined) await context.forget(request.kinds);
  return { kind: "made", artifacts: [], note: noteOn(removed) };
}

/** @returns what is gone, with the bytes that it freed */
export async function removeAll(
  found: readonly Found[],
  { signal }: Pick<CleanContext, "signal">,
  tell: (removal: Removal) => void,
): Promise<readonly Removal[]> {
  const removed: Removal[] = [];
  for (const { remove, ...removal } of found) {
    throwIfAborted(signal);
    const bytes = await remove();
    if (bytes === undefined) continue;
    const gone = { ...removal, bytes };
    removed.push(gone);
    tell(gone);
  }
  return removed;
}

/** `removed 1 image, 2 files: 3.4 MB freed`. */
export function noteOn(removed: readonly Removal[]): string {
  const totals = totalsOf(removed);
  if (totals.length === 0) return "nothing to remove";
  const parts = totals.map(countedThings);
  const sum = totals.reduce((all, total) => all + total.bytes, 0);
  const freed = sum === 0 ? "" : `: ${bytes(sum)} freed`;
  return `removed ${parts.join(", ")}${freed}`;
}
