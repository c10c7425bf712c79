/** What to call a target in messages. */
import type { Target } from "../../model/target.ts";

/** An alternative by the target that it belongs to. */
export const shownTitle = (target: Target): string =>
  target.alternativeOf ? `${target.alternativeOf} (${target.title})` : target.title;
