/** What a target names without the keys of targets: images in a Dockerfile, and what it asks servers for. */
import type { FilesView } from "../../files/files-view.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Asked } from "../../model/pin.ts";
import type { Rule, Target } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import { askedImage } from "../../rules/pinned-image.ts";
import type { ReadMade } from "../../rules/rule.ts";

/**
 * References of the images that it names. A Dockerfile that cannot be read names nothing here: the target says
 * so when it is planned.
 */
export function mentionsOf(target: Target, files: FilesView): readonly string[] {
  if (!target.rule || target.missing.length > 0) return [];
  const kind = ruleKindOf(target.rule.kind);
  if (!kind.mentions) return [];
  try {
    const found = kind.mentions(target.rule.fields as never, files, target);
    return found.map(({ reference }) => reference);
  } catch (error) {
    if (error instanceof DiagnosticError) return [];
    throw error;
  }
}

/**
 * What the lock has, or could have, a pin for.
 * @param isMade whether a target makes the image under a reference
 * @param read what of other targets is done
 */
export function askedBy(
  target: Target,
  files: FilesView,
  isMade: (reference: string) => boolean,
  read: ReadMade = () => undefined,
): readonly Asked[] {
  if (!target.rule || target.missing.length > 0) return [];
  const own = ruleKindOf(target.rule.kind).asks?.(target.rule.fields as never, files, target) ?? [];
  const mentioned = [...mentionsOf(target, files), ...mentionsMade(target.rule, files, read)];
  const named = mentioned.filter((reference) => !isMade(reference));
  return [...own, ...named.flatMap((reference) => askedImage(reference) ?? [])];
}

const mentionsMade = (rule: Rule, files: FilesView, read: ReadMade): readonly string[] =>
  (ruleKindOf(rule.kind).mentionsMade?.(rule.fields as never, files, read) ?? []).map(
    ({ reference }) => reference,
  );
