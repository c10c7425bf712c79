/**
 * Under which key the trace of a target is kept: its name and what it makes. `--os bookworm` and
 * `--os trixie` make other files and tags, so both traces hold at once, and going from one to the
 * other and back makes nothing again. Clean finds what each of them made.
 */
import { createHash } from "node:crypto";
import type { Project, Target } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import { alternativesOf } from "../plan/alternatives.ts";

const known = new WeakMap<Target, string>();

/**
 * The name alone for what makes nothing; else with a hash of what it makes. It asks nobody, and is reckoned
 * once for each target.
 */
export function traceKey(project: Project, target: Target): string {
  const before = known.get(target);
  if (before !== undefined) return before;
  const identity = identityOf(project, target);
  const key = identity === "" ? target.name : `${target.name} ${short(identity)}`;
  known.set(target, key);
  return key;
}

/** What tells one variant of a target from another; a `first-of` makes what its alternatives make. */
function identityOf(project: Project, target: Target): string {
  if (!target.rule) return "";
  if (target.rule.kind === "first-of") {
    const alternatives = alternativesOf(target).map((name) => project.targets.get(name)?.rule);
    return JSON.stringify(alternatives.map((rule) => rule ?? null));
  }
  const outputs = ruleKindOf(target.rule.kind).outputs(target.rule.fields as never, target);
  return outputs
    .map((output) => (output.kind === "image" ? output.reference : output.path))
    .join(" ");
}

const short = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);
