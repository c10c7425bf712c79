/** The limits of a run: what the target file sets, and what the machine that it runs on sets over it. */

import { isLimit } from "../config/read/read-limits.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { defaultLimits, type Limits, leastLimit, limitNames } from "../model/limits.ts";
import { nearest } from "../model/nearest.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { parseSize } from "../model/size.ts";
import * as problems from "./usage-problems.ts";

/** `logs: 50 MB, traces: 1 GB`, as between the brackets in a target file. */
const limitsVariable = "TBUILD_LIMITS";

export function readLimits(
  declared: Partial<Limits>,
  environment: NodeJS.ProcessEnv,
): Result<Limits> {
  const found: Diagnostic[] = [];
  const given = new Map<string, number>();
  for (const part of (environment[limitsVariable] ?? "").split(",")) {
    if (part.trim() === "") continue;
    const [name = "", size = ""] = part.split(/:(.*)/s).map((text) => text.trim());
    const bytes = parseSize(size);
    if (!isLimit(name)) found.push(problems.unknownLimit(name, nearest(name, limitNames)));
    else if (bytes === undefined) found.push(problems.limitNoSize(name, size));
    else if (bytes < leastLimit) found.push(problems.limitTooSmall(name));
    else given.set(name, bytes);
  }
  if (found.length > 0) return fail(...found);
  return ok({ ...defaultLimits, ...declared, ...Object.fromEntries(given) });
}
