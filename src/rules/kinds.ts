/** The list of rule kinds: a new kind is one file or folder beside it and one line here. */

import type { Target } from "../model/target.ts";
import { archive } from "./archive/archive.ts";
import { checksum } from "./checksum/checksum.ts";
import { clean } from "./clean/clean.ts";
import { fetch } from "./fetch/fetch.ts";
import type { FieldSet } from "./fields.ts";
import { firstOf } from "./first-of.ts";
import { git } from "./git/git.ts";
import { image } from "./image/image.ts";
import { published } from "./published/published.ts";
import { pull } from "./pull/pull.ts";
import { push } from "./push/push.ts";
import { rootfs } from "./rootfs.ts";
import type { RuleKind } from "./rule.ts";
import { run } from "./run/run.ts";
import { save } from "./save/save.ts";
import { use } from "./use.ts";

// biome-ignore lint/suspicious/noExplicitAny: a list of kinds with different fields
export const ruleKinds: readonly RuleKind<any>[] = [
  run,
  image,
  rootfs,
  pull,
  published,
  git,
  fetch,
  use,
  firstOf,
  archive,
  checksum,
  save,
  push,
  clean,
];

const byName = new Map(ruleKinds.map((kind) => [kind.kind, kind]));

/** Whether a target acts each time it is asked for, and is never recorded. */
export function actsAlways({ rule }: Pick<Target, "rule">): boolean {
  if (rule === undefined) return false;
  const { always = false } = ruleKindOf(rule.kind);
  return typeof always === "function" ? always(rule.fields as never) : always;
}

/** @throws when the kind is unknown: validation lets no other kind through */
export function ruleKindOf(kind: string): RuleKind<FieldSet> {
  const found = byName.get(kind);
  if (found === undefined) throw new Error(`unknown rule kind ${kind}`);
  return found;
}
